#include "support/pipewire_rig.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <tuple>
#include <vector>

namespace comcat::testing {
namespace {

constexpr const char* kDaemon = "/usr/bin/pipewire";
constexpr const char* kManager = "/usr/bin/wireplumber";
constexpr const char* kBus = "/usr/bin/dbus-daemon";
constexpr const char* kPlugin = "/etc/alsa/conf.d/99-pipewire-default.conf";
constexpr std::chrono::seconds kPatience{15};

/// Two sound cards that are not there.
void write_configuration(const std::string& folder, int rate_hz) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/cards.conf")
      << "context.properties = { default.clock.rate = " << rate_hz << " }\n"
      << "context.objects = [\n"
         "  { factory = adapter args = { factory.name = support.null-audio-sink\n"
         "    node.name = loudspeaker media.class = Audio/Sink object.linger = true\n"
         "    audio.position = [ MONO ] } }\n"
         "  { factory = adapter args = { factory.name = support.null-audio-sink\n"
         "    node.name = microphone media.class = Audio/Source/Virtual object.linger = true\n"
         "    audio.position = [ MONO ] } }\n"
         "]\n";
}

}  // namespace

PipeWireRig::PipeWireRig() {
  Process::Options quiet = options();
  quiet.quiet = true;
  bus_ = std::make_unique<Process>(
      std::vector<std::string>{kBus, "--session", "--nofork", "--nopidfile",
                               "--address=unix:path=" + directory_.file("bus")},
      quiet);
}

std::unique_ptr<PipeWireRig> PipeWireRig::start() {
  for (const char* const part : {kDaemon, kManager, kBus, kPlugin}) {
    if (!std::filesystem::exists(part)) return nullptr;
  }
  std::unique_ptr<PipeWireRig> rig(new PipeWireRig);
  return rig->start_again(48'000) ? std::move(rig) : nullptr;
}

Process::Options PipeWireRig::options() const {
  Process::Options out;
  const std::string& here = directory_.path();
  out.environment = {{"XDG_RUNTIME_DIR", here},
                     {"XDG_CONFIG_HOME", here},
                     {"XDG_STATE_HOME", here},
                     {"HOME", here},
                     {"DBUS_SESSION_BUS_ADDRESS", "unix:path=" + directory_.file("bus")},
                     {"JACK_NO_START_SERVER", "1"},
                     {"JACK_DEFAULT_SERVER", "comcat-nobody"}};
  return out;
}

void PipeWireRig::end(bool killed) {
  for (Process* const process : {manager_.get(), daemon_.get()}) {
    process->signal(killed ? SIGKILL : SIGTERM);
    std::ignore = process->wait_exit(kPatience);
  }
}

bool PipeWireRig::start_again(int rate_hz) {
  return start_daemon(rate_hz) && start_manager();
}

bool PipeWireRig::start_daemon(int rate_hz) {
  write_configuration(directory_.file("pipewire/pipewire.conf.d"), rate_hz);
  Process::Options quiet = options();
  quiet.quiet = true;
  daemon_ = std::make_unique<Process>(std::vector<std::string>{kDaemon}, quiet);
  return comes_up();
}

bool PipeWireRig::start_manager() {
  Process::Options quiet = options();
  quiet.quiet = true;
  manager_ = std::make_unique<Process>(std::vector<std::string>{kManager}, quiet);
  return monitor()->wait_for_line(Process::kOut, "WirePlumber", kPatience).has_value();
}

std::unique_ptr<Process> PipeWireRig::monitor() const {
  return std::make_unique<Process>(std::vector<std::string>{"/usr/bin/pw-mon"}, options());
}

/// It does not say when it listens: it is asked until it answers.
bool PipeWireRig::comes_up() const {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    Process ask({"/usr/bin/pw-cli", "info", "0"}, options());
    if (ask.wait_exit(kPatience) == 0) return true;
  }
  return false;
}

std::unique_ptr<Process> PipeWireRig::record(const std::string& path) const {
  return std::make_unique<Process>(
      std::vector<std::string>{"/usr/bin/pw-record", "-P", "{ stream.capture.sink=true }",
                               "--target", "loudspeaker", "--channels", "1", "--rate", "48000",
                               "--format", "s16", path},
      options());
}

}  // namespace comcat::testing
