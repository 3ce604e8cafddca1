#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <jack/jack.h>

#include "absl/synchronization/mutex.h"
#include "support/process.h"

namespace comcat::testing {

/// A sound card that is not there: a JACK server of this test's own with the dummy driver, 48 kHz,
/// 10 ms periods unless told otherwise. Its capture ports are silent, its playback ports go
/// nowhere, and what one program plays into another's port arrives sample for sample.
///
/// While the rig lives, JACK_DEFAULT_SERVER names its server and ALSA_CONFIG_PATH a configuration
/// without devices, so that this process and the programs it starts use that server and nothing
/// else of the machine; start programs after the rig.
///
/// How PortAudio shows itself in JACK
///  - A process is one JACK client, named $COMCAT_JACK_NAME (default comcat-<pid>). Its first
///  Source
///    has the port in_0; its first Sink has out_0 and out_1, which carry the same.
///  - A started stream is connected to its device at once. The default device is "system": silence
///    and nowhere, so those connections never need to be undone.
///  - Every other JACK client that has ports is a device too, named as the client. Playing to the
///    device "alice" plays into alice's microphone (alice:in_0); capturing from "alice" hears
///    alice's speaker (alice:out_0).
///  - The devices are those of the moment in which the process makes its first Source or Sink (or
///    makes one while it holds no other).
///
/// So, for a call between two programs:
///   1. rig = JackRig::start();
///   2. start each client on its default device: a Process with the environment
///      {{"COMCAT_JACK_NAME", "alice"}}, and the other one as "bob";
///   3. rig->wait_for_port("alice:in_0") and so on for all four: they have opened their devices;
///   4. here: make_sink("alice") plays into alice's microphone, make_source("bob") hears bob's
///      speaker; make_sink("bob") and make_source("alice") at the same time for the other way.
///   5. stop the clients (Process::finish()) before the rig goes.
/// connect() is there for any other wiring.
class JackRig {
 public:
  enum class Pace {
    kWaits,  // for slow programs: a busy machine delays sound and loses none
    /// As a real card, and with its priority where this user may have that: for tests that kill
    /// programs, which kWaits waits for, too, and for those in which time is real. A busy machine
    /// loses sound, and xruns() tells.
    kGoesOn,
  };

  /// Null where JACK is not installed or cannot run here.
  [[nodiscard]] static std::unique_ptr<JackRig> start(Pace pace = Pace::kWaits,
                                                      int period_frames = 480);
  ~JackRig();
  JackRig(const JackRig&) = delete;
  JackRig& operator=(const JackRig&) = delete;

  [[nodiscard]] const std::string& server_name() const { return name_; }

  /// Ports by their full names, "client:port". False where there is no such port.
  [[nodiscard]] bool connect(const std::string& from, const std::string& to);
  [[nodiscard]] bool disconnect(const std::string& from, const std::string& to);
  [[nodiscard]] std::vector<std::string> ports();
  [[nodiscard]] std::vector<std::string> connections_of(const std::string& port);

  /// How often the card, or a program on it, came too late for a period: the machine was away.
  [[nodiscard]] int xruns() const { return xruns_; }

  /// False if there is no such port after `timeout`.
  [[nodiscard]] bool wait_for_port(const std::string& port,
                                   std::chrono::milliseconds timeout = std::chrono::seconds(15));
  [[nodiscard]] bool wait_until_gone(const std::string& port,
                                     std::chrono::milliseconds timeout = std::chrono::seconds(15));

  /// The sound card dies: the server ends without a word.
  void kill_server();
  /// The server ends in good order.
  void stop_server();
  /// The server stands still, and goes on.
  void hang_server();
  void wake_server();
  /// All that is connected is given other periods from now on.
  [[nodiscard]] bool change_period(int period_frames);
  /// The server that was ended is there again, as another card would be. The rig's own view of the
  /// graph is of the new one. False where it does not start.
  [[nodiscard]] bool start_server(int rate_hz, int period_frames);

 private:
  /// The environment in which programs find this server and no other device.
  struct Surroundings;

  JackRig(std::string name, Pace pace, std::unique_ptr<Process> server);
  /// Null where none starts.
  [[nodiscard]] static std::unique_ptr<Process> run_server(const std::string& name, Pace pace,
                                                           int rate_hz, int period_frames);
  void watch_graph();
  [[nodiscard]] bool wait_for(const std::string& port, bool there,
                              std::chrono::milliseconds timeout);
  static void on_change(jack_port_id_t port, int registered, void* rig);
  static int on_xrun(void* rig);

  const std::string name_;
  const Pace pace_;
  const std::unique_ptr<Surroundings> surroundings_;
  std::unique_ptr<Process> server_;
  jack_client_t* client_ = nullptr;  // watches the graph; ours
  absl::Mutex mutex_;
  std::atomic<int> xruns_{0};
  int changes_ ABSL_GUARDED_BY(mutex_) = 0;  // of the graph's ports, so far
};

}  // namespace comcat::testing

/// Declares `rig`, or skips the test.
#define COMCAT_JACK_RIG_OR_SKIP(rig)                  \
  const auto rig = comcat::testing::JackRig::start(); \
  if (rig == nullptr) GTEST_SKIP() << "no JACK server can be started here (is jackd2 installed?)"
