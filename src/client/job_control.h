#pragma once

namespace comcat::client {

/// Ctrl+Z, fg and bg, so that the terminal can be given back before the program stops and taken
/// again afterwards. While it lives SIGTSTP stops nothing by itself, unless it is ignored.
///
/// Threads    one at a time; one object at a time.
class JobControl {
 public:
  JobControl();
  ~JobControl();
  JobControl(const JobControl&) = delete;
  JobControl& operator=(const JobControl&) = delete;

  /// Readable when something is to be taken.
  [[nodiscard]] int fd() const;
  struct Wish {
    bool stop = false;       // Ctrl+Z: give the terminal back, then stop()
    bool continued = false;  // it was stopped, by whomever, and runs again
  };
  [[nodiscard]] Wish take();

  /// Stops the program as Ctrl+Z does, and returns once it continues. In a process group that no
  /// shell could continue it returns at once, as the system has it.
  static void stop();
  /// Whether the terminal that is standard input is ours, not the shell's or another job's.
  [[nodiscard]] static bool in_foreground();
};

}  // namespace comcat::client
