#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <jack/jack.h>

#include "absl/synchronization/mutex.h"
#include "support/signal.h"

namespace comcat::testing {

/// Players and recorders in one JACK client, on one clock: sample n of every player goes out in the
/// same instant as sample n of every recorder comes in, so that a lag between them is a delay.
///
/// Ports: deck:play_0, play_1... and deck:record_0, record_1...
/// Threads: the test's one calls it; JACK's own plays and records.
class JackDeck {
 public:
  /// Plays `programmes`, each once, and records `recorders` ports from now on.
  JackDeck(const std::string& server, std::vector<Samples> programmes, std::size_t recorders);
  ~JackDeck();
  JackDeck(const JackDeck&) = delete;
  JackDeck& operator=(const JackDeck&) = delete;

  /// Starts all together. Connect the ports before.
  void start();

  /// All that recorder `i` has heard, once it is `samples` or more.
  [[nodiscard]] Samples wait_for(std::size_t i, std::size_t samples,
                                 std::chrono::seconds timeout = std::chrono::seconds(60));

 private:
  static int on_process(jack_nframes_t frames, void* deck);
  void process(jack_nframes_t frames);

  const std::vector<Samples> programmes_;
  jack_client_t* client_;
  std::vector<jack_port_t*> players_;
  std::vector<jack_port_t*> recorders_;
  absl::Mutex mutex_;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  std::size_t position_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Samples> recorded_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::testing
