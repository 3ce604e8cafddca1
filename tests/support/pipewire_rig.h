#pragma once

#include <memory>
#include <string>

#include "support/process.h"
#include "support/signal.h"

namespace comcat::testing {

/// A PipeWire of this test's own, as desktops have it: its daemon, WirePlumber and ALSA's plugin,
/// with a loudspeaker that goes nowhere and a microphone that is silent.
///
/// Threads    the test's. Programs that shall see it are started with options().
class PipeWireRig {
 public:
  /// Null where PipeWire, WirePlumber, D-Bus or pipewire-alsa is not installed, or does not start.
  [[nodiscard]] static std::unique_ptr<PipeWireRig> start();

  [[nodiscard]] Process::Options options() const;

  /// The whole of it ends, in good order or without a word.
  void end(bool killed);
  /// It is there again, at a rate of its own. False where it does not start.
  [[nodiscard]] bool start_again(int rate_hz);
  /// The same in two steps: until the second nothing connects programs with devices.
  [[nodiscard]] bool start_daemon(int rate_hz);
  [[nodiscard]] bool start_manager();
  /// Tells on its standard output who comes and goes.
  [[nodiscard]] std::unique_ptr<Process> monitor() const;

  /// Records what the loudspeaker plays into `path`, from now until the process is interrupted.
  [[nodiscard]] std::unique_ptr<Process> record(const std::string& path) const;

 private:
  PipeWireRig();
  [[nodiscard]] bool comes_up() const;

  TemporaryDirectory directory_;
  std::unique_ptr<Process> bus_;
  std::unique_ptr<Process> daemon_;
  std::unique_ptr<Process> manager_;
};

}  // namespace comcat::testing
