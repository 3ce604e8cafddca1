#include "support/jack_deck.h"

#include <algorithm>

#include "absl/time/time.h"

namespace comcat::testing {

JackDeck::JackDeck(const std::string& server, std::vector<Samples> programmes,
                   std::size_t recorders)
    : programmes_(std::move(programmes)), recorded_(recorders) {
  const auto options = static_cast<jack_options_t>(JackNoStartServer | JackServerName);
  client_ = jack_client_open("deck", options, nullptr, server.c_str());
  const auto port = [&](const std::string& name, unsigned long flags) {
    return jack_port_register(client_, name.c_str(), JACK_DEFAULT_AUDIO_TYPE, flags, 0);
  };
  for (std::size_t i = 0; i < programmes_.size(); ++i) {
    players_.push_back(port("play_" + std::to_string(i), JackPortIsOutput));
  }
  for (std::size_t i = 0; i < recorders; ++i) {
    recorders_.push_back(port("record_" + std::to_string(i), JackPortIsInput));
  }
  jack_set_process_callback(client_, &JackDeck::on_process, this);
  jack_activate(client_);
}

JackDeck::~JackDeck() {
  jack_client_close(client_);
}

void JackDeck::start() {
  const absl::MutexLock lock(&mutex_);
  running_ = true;
}

int JackDeck::on_process(jack_nframes_t frames, void* deck) {
  static_cast<JackDeck*>(deck)->process(frames);
  return 0;
}

void JackDeck::process(jack_nframes_t frames) {
  const absl::MutexLock lock(&mutex_);
  for (std::size_t i = 0; i < players_.size(); ++i) {
    auto* const out = static_cast<float*>(jack_port_get_buffer(players_[i], frames));
    const Samples& programme = programmes_[i];
    for (jack_nframes_t n = 0; n < frames; ++n) {
      const std::size_t at = position_ + n;
      out[n] = running_ && at < programme.size() ? programme[at] : 0.0F;
    }
  }
  if (!running_) return;
  position_ += frames;
  for (std::size_t i = 0; i < recorders_.size(); ++i) {
    const auto* const in = static_cast<const float*>(jack_port_get_buffer(recorders_[i], frames));
    recorded_[i].insert(recorded_[i].end(), in, in + frames);
  }
}

Samples JackDeck::wait_for(std::size_t i, std::size_t samples, std::chrono::seconds timeout) {
  const absl::MutexLock lock(&mutex_);
  const auto enough = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return recorded_[i].size() >= samples;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::FromChrono(timeout));
  return recorded_[i];
}

}  // namespace comcat::testing
