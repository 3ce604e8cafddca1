#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "comcat/transport/voice_stream.h"

#include "absl/synchronization/mutex.h"
#include "support/scripted_server.h"

namespace comcat::transport {

using namespace std::chrono_literals;
using testing::ScriptedServer;
using Call = ScriptedServer::Call;

/// What the stream told its owner, in order, as words.
class Witness final : public StreamHandler {
 public:
  void on_welcome(wire::Welcome welcome, const base::Address& /*from*/) override {
    note("welcome " + welcome.room);
  }
  void on_voice(wire::VoicePackets frames, wire::Via /*via*/) override {
    for (const wire::VoicePacket& frame : frames) note("voice " + frame.payload);
  }
  void on_path() override { note("path"); }
  void on_outcome(wire::Outcome outcome) override {
    note("outcome " + std::to_string(outcome.trace_id));
  }
  void on_event(wire::Event event) override {
    if (const auto* const said = std::get_if<wire::TextSaid>(&event)) note("said " + said->text);
  }
  void on_notice(std::string sentence) override { note("notice " + sentence); }
  void on_interrupted(Failure failure) override { note("interrupted " + to_text(failure)); }
  void on_closed(std::optional<Failure> failure) override {
    note(failure ? "closed " + to_text(*failure) : "left");
  }

  /// Waits for a note that begins with `start`, after the one waited for last.
  [[nodiscard]] std::string wait_for(const std::string& start) {
    const absl::MutexLock lock(&mutex_);
    const auto begins = [&](const std::string& note) {
      return note.compare(0, start.size(), start) == 0;
    };
    const auto find = [&] {
      return std::find_if(notes_.begin() + static_cast<std::ptrdiff_t>(read_), notes_.end(),
                          begins);
    };
    // Abseil evaluates a condition as often as it likes, so it changes nothing.
    const auto is_there = [&] { return find() != notes_.end(); };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&is_there), absl::Seconds(20))) {
      return "no \"" + start + "\" came";
    }
    const auto found = find();
    read_ = static_cast<std::size_t>(found - notes_.begin()) + 1;
    return *found;
  }
  [[nodiscard]] std::vector<std::string> notes() const {
    const absl::MutexLock lock(&mutex_);
    return notes_;
  }
  [[nodiscard]] std::ptrdiff_t count(const std::string& start) const {
    const auto all = notes();
    return std::count_if(all.begin(), all.end(), [&](const std::string& note) {
      return note.compare(0, start.size(), start) == 0;
    });
  }

 private:
  void note(std::string text) {
    const absl::MutexLock lock(&mutex_);
    notes_.push_back(std::move(text));
  }
  mutable absl::Mutex mutex_;
  std::vector<std::string> notes_;
  std::size_t read_ = 0;
};

/// For a server on this machine, without TLS, that is tried again at once.
inline VoiceStream::Options options_for(int port) {
  VoiceStream::Options out;
  out.address = {"127.0.0.1", static_cast<std::uint16_t>(port)};
  out.hello.name = "an";
  out.hello.room = "lobby";
  out.hello.features = wire::kFeatureVoiceBatch;
  out.passcode = "hunter2";
  out.tls = false;
  out.backoff = {1ms, 2ms};
  out.random = [] { return 0.5; };
  return out;
}

/// 20 ms of voice.
inline wire::VoicePacket frame(const std::string& payload) {
  wire::VoicePacket out;
  out.duration_samples = 960;
  out.payload = payload;
  return out;
}

inline std::string welcome(const std::string& resume_key = "0123456789abcdef") {
  wire::Welcome out;
  out.session = 7;
  out.room = "lobby";
  out.resume_key = resume_key;
  return wire::encode_response(out);
}

inline grpc::Status status(grpc::StatusCode code, const std::string& text) {
  return {code, text};
}

/// Welcomes, then stays until the client leaves.
inline grpc::Status welcome_and_stay(Call& call) {
  static_cast<void>(call.read_until<wire::Hello>());
  call.write(welcome());
  while (call.read()) {
  }
  return grpc::Status::OK;
}

}  // namespace comcat::transport
