#include "fuzz/playout_scenario.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "comcat/playout/mixer.h"

namespace comcat::fuzz {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;

constexpr int kMostPulls = 600;
constexpr int kDrainPulls = 200;
constexpr int kCalmPulls = 50;  // after a lie or a jump of time, before delay means anything
// The cap, what may be beyond it, and what is decoded already.
constexpr auto kMostDelay =
    playout::PlayoutOptions{}.max_delay + playout::PlayoutOptions{}.outage + 200ms;
constexpr int kMostPullsPerStep = 64;

void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "playout broke a promise: %s\n", what);
  std::abort();
}

/// The bytes as an endless supply of small decisions.
class Decisions {
 public:
  explicit Decisions(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] bool done() const { return bytes_.empty(); }
  std::uint8_t next() {
    if (bytes_.empty()) return 0;
    const std::uint8_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }
  std::uint32_t next32() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | next();
    return value;
  }
  std::string take(std::size_t count) {
    const auto taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return {taken.begin(), taken.end()};
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

class Scenario {
 public:
  explicit Scenario(std::span<const std::uint8_t> bytes) : decisions_(bytes) {}

  void play() {
    while (!decisions_.done() && pulls_ < kMostPulls) step(decisions_.next());
    drain();
  }

 private:
  void step(std::uint8_t what) {
    const auto speaker = static_cast<wire::SessionNumber>(what >> 6);
    const bool lies = (what & 0x0F) < 6 || ((what & 0x0F) > 8 && (what & 0x0F) < 12);
    if (lies) calm_pulls_ = 0;
    switch (what & 0x0F) {
      case 0:  // the sequence lies
        sequence_ = decisions_.next32();
        break;
      case 1:  // the timestamp lies
        timestamp_ = decisions_.next32();
        break;
      case 2:  // time passes without a packet or a pull, up to some hours
        now_ += decisions_.next32() * 10us;
        break;
      case 3:  // packets are lost
        sequence_ += decisions_.next() % 32;
        timestamp_ += 960U * (decisions_.next() % 32);
        break;
      case 4:  // DTX
        timestamp_ += 480U * decisions_.next();
        break;
      case 5:  // an old packet again
        insert(speaker, sequence_ - decisions_.next() % 16, opus_);
        break;
      case 6:
        opus_ = decisions_.take(decisions_.next());
        break;
      case 7:
        mixer_.set_gain(speaker, static_cast<float>(decisions_.next()) / 64);
        break;
      case 8:
        mixer_.remove(speaker);
        break;
      case 9:  // the sound card pauses: time passes without a pull
        now_ += 5ms * decisions_.next();
        break;
      case 10:
      case 11:  // a burst, whose timestamps lie ahead of time
        for (int i = decisions_.next() % 64; i >= 0; --i) send(speaker);
        break;
      default:
        send(speaker);
        for (int i = 1 + decisions_.next() % kMostPullsPerStep; i > 0; --i) pull();
    }
  }

  void send(wire::SessionNumber speaker) {
    // 0xF8 is one CELT frame of 20 ms; two bytes of it are as good as any.
    insert(speaker, sequence_++, opus_.empty() ? "\xF8\x5A\xA5" : opus_);
    timestamp_ += 960;
  }

  void insert(wire::SessionNumber speaker, std::uint32_t sequence, const std::string& payload) {
    mixer_.insert(
        {.speaker = speaker, .sequence = sequence, .timestamp = timestamp_, .payload = payload},
        now_);
  }

  void pull() {
    audio::Block block;
    block.fill(std::nanf(""));
    mixer_.pull(block, now_);
    now_ += 10ms;
    ++pulls_;
    ++calm_pulls_;
    promise(std::ranges::all_of(block, [](float s) { return std::abs(s) <= 1; }),
            "a whole block of finite samples within full scale");
    const auto all = mixer_.stats();
    promise(all.size() <= 4, "as many speakers as spoke");
    for (const auto& [id, stats] : all) {
      promise(stats.target_delay <= playout::PlayoutOptions{}.max_delay + 10ms, "a bounded target");
      promise(!stats.timestamp.has_value() || calm_pulls_ < kCalmPulls || stats.delay <= kMostDelay,
              "a bounded delay");
      promise(stats.played_samples <= static_cast<std::uint64_t>(pulls_) * audio::kBlockSamples,
              "no more samples than were pulled");
    }
  }

  /// Nothing more comes: whatever waits is played or given up, and all is silent within bounds.
  void drain() {
    for (int i = 0; i < kDrainPulls; ++i) pull();
    for (const auto& [id, stats] : mixer_.stats()) {
      promise(!stats.talking, "an end to what was said 2 s ago");
    }
    audio::Block block;
    mixer_.pull(block, now_);
    promise(std::ranges::all_of(block, [](float s) { return s == 0; }), "silence after the end");
  }

  Decisions decisions_;
  playout::Mixer mixer_;
  base::Time now_{std::chrono::hours(24)};
  std::uint32_t sequence_ = 0xFFFFFFF0;
  std::uint32_t timestamp_ = 0xFFFFF000;
  std::string opus_;
  int pulls_ = 0;
  int calm_pulls_ = 0;
};

}  // namespace

void play_scenario(std::span<const std::uint8_t> bytes) {
  Scenario(bytes).play();
}

}  // namespace comcat::fuzz
