#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace comcat::client {

/// A program at the control socket, without its socket: its lines, of which each is answered before
/// the next is taken. Safe on any bytes.
/// Capacity   one line of kMaxLineBytes, what came with it, and one answer.
/// Threads    one at a time.
class ControlPeer {
 public:
  static constexpr std::size_t kMaxLineBytes = 8 * 1024;
  static constexpr std::size_t kMaxReadBytes = 4 * 1024;

  /// Whether receive() or end_input() may be called: all that came before has been dealt with.
  [[nodiscard]] bool wants_input() const;
  /// Takes up to kMaxReadBytes as they came.
  void receive(std::string_view bytes);
  /// Nothing more comes; a last line needs no line break.
  void end_input() { input_over_ = true; }

  /// Whether take_line() has one.
  [[nodiscard]] bool has_line() const;
  /// The next command, which waits for answer(). REQUIRES has_line().
  [[nodiscard]] std::string take_line();
  /// What the command came to, on one line, without its line break.
  void answer(const std::string& line);

  /// What is to be written, and how much of it has been. Where nobody reads it, drop_output().
  [[nodiscard]] std::string_view output() const;
  void written(std::size_t bytes);
  void drop_output();

  /// True where it is over: the input has ended, or was no line, and all has been answered.
  [[nodiscard]] bool is_done() const;

 private:
  [[nodiscard]] bool is_idle() const { return !asking_ && output().empty(); }

  std::string input_;
  std::string output_;
  std::size_t written_bytes_ = 0;
  bool asking_ = false;       // a command is under way
  bool input_over_ = false;   // nothing more is read
  bool output_over_ = false;  // nobody reads
};

}  // namespace comcat::client
