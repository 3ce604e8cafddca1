#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <jack/jack.h>

namespace comcat::testing {

/// A room: what goes into echo:in comes out of echo:out, later and quieter. A JACK client.
///
/// Threads: the test's one makes and ends it; JACK's own moves the samples.
class JackEcho {
 public:
  JackEcho(const std::string& server, std::chrono::milliseconds delay, double gain_db);
  ~JackEcho();
  JackEcho(const JackEcho&) = delete;
  JackEcho& operator=(const JackEcho&) = delete;

 private:
  static int on_process(jack_nframes_t frames, void* echo);
  void process(jack_nframes_t frames);

  std::vector<float> line_;  // what is on its way, from at_ on
  std::size_t at_ = 0;
  const float gain_;
  jack_client_t* client_;
  jack_port_t* in_ = nullptr;
  jack_port_t* out_ = nullptr;
};

}  // namespace comcat::testing
