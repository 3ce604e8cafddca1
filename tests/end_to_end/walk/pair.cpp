#include "end_to_end/walk/pair.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "support/metronome.h"

namespace comcat::testing {
namespace {

constexpr std::chrono::milliseconds kFrame{20};
constexpr std::size_t kChunkBytes = 80;
constexpr char kMark[] = "pair";  // begins each of their chunks; then when it was said

std::string stamped() {
  const base::Duration now = base::steady_now().time_since_epoch();
  std::string chunk(kChunkBytes, '.');
  std::memcpy(chunk.data(), kMark, sizeof kMark);
  std::memcpy(chunk.data() + sizeof kMark, &now, sizeof now);
  return chunk;
}

}  // namespace

Pair::Pair(int port)
    : an_(port, {.name = "an", .room = "lobby"},
          [this](const VoiceFrame& frame, base::Time now) { hear(frame, now); }),
      bo_(port, {.name = "bo", .room = "lobby"},
          [this](const VoiceFrame& frame, base::Time now) { hear(frame, now); }) {}

void Pair::hear(const VoiceFrame& frame, base::Time now) {
  base::Duration said{};
  if (frame.chunk().compare(0, sizeof kMark, kMark, sizeof kMark) != 0) return;  // somebody else
  std::memcpy(&said, frame.chunk().data() + sizeof kMark, sizeof said);
  const base::Duration age = now.time_since_epoch() - said;
  base::Duration latest = latest_;
  while (latest < age && !latest_.compare_exchange_weak(latest, age)) {
  }
  ++heard_;
}

void Pair::talk() {
  speaker_ = std::jthread([this](const std::stop_token& stop) { talk_until(stop); });
}

void Pair::talk_until(const std::stop_token& stop) {
  for (Metronome metronome(kFrame); !stop.stop_requested(); metronome.wait()) {
    for (Visitor* one : {&an_, &bo_}) {
      if (one->speak(stamped())) ++said_;
    }
  }
}

Pair::Heard Pair::pause() {
  speaker_ = {};
  return {said_, heard_, latest_};
}

void Pair::forget() {
  said_ = 0;
  heard_ = 0;
  latest_ = base::Duration(0);
}

}  // namespace comcat::testing
