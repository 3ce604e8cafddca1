#include "support/jack_echo.h"

#include <cmath>
#include <utility>

namespace comcat::testing {

JackEcho::JackEcho(const std::string& server, std::chrono::milliseconds delay, double gain_db)
    : gain_(static_cast<float>(std::pow(10, gain_db / 20))) {
  const auto options = static_cast<jack_options_t>(JackNoStartServer | JackServerName);
  client_ = jack_client_open("echo", options, nullptr, server.c_str());
  line_.resize(jack_get_sample_rate(client_) / 1000 * static_cast<std::size_t>(delay.count()));
  in_ = jack_port_register(client_, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
  out_ = jack_port_register(client_, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
  jack_set_process_callback(client_, &JackEcho::on_process, this);
  jack_activate(client_);
}

JackEcho::~JackEcho() {
  jack_client_close(client_);
}

int JackEcho::on_process(jack_nframes_t frames, void* echo) {
  static_cast<JackEcho*>(echo)->process(frames);
  return 0;
}

void JackEcho::process(jack_nframes_t frames) {
  const auto* const in = static_cast<const float*>(jack_port_get_buffer(in_, frames));
  auto* const out = static_cast<float*>(jack_port_get_buffer(out_, frames));
  for (jack_nframes_t i = 0; i < frames; ++i) {
    out[i] = std::exchange(line_[at_], gain_ * in[i]);
    at_ = (at_ + 1) % line_.size();
  }
}

}  // namespace comcat::testing
