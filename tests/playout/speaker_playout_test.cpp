#include "comcat/playout/speaker_playout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "playout/sine_decoder.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// A packet that comes `at` a time; its number is its sequence and, times 20 ms, its timestamp.
struct Arrival {
  std::chrono::milliseconds at;
  std::uint32_t number;
  std::uint32_t pause_ms = 0;  // silence before it that took no sequence numbers
  bool with_fec = false;
};

/// One speaker, pulled each 10 ms from 5 ms on (so that packets at round times are never in doubt).
class Call {
 public:
  explicit Call(PlayoutOptions options = {}) : speaker_(options, decoders_) {}

  /// Plays until `end`. One word of letters for each block: d decode, f FEC, c conceal,
  /// a accelerate, e expand; _ plays what was decoded before, . is silent.
  std::string play(std::chrono::milliseconds end, const std::vector<Arrival>& arrivals) {
    std::string story;
    auto next = arrivals.begin();
    for (; now_ < end; now_ += 10ms) {
      for (; next != arrivals.end() && next->at <= now_; ++next) arrive(*next);
      story += block();
    }
    return story;
  }

  /// The process is stopped: nothing is taken or pulled.
  void suspend_until(std::chrono::milliseconds now) { now_ = now; }

  void arrive(const Arrival& arrival) {
    pause_samples_ += arrival.pause_ms * 48;
    wire::VoicePacket packet = numbered_packet(arrival.number);
    packet.timestamp += pause_samples_;
    packet.payload = numbered_opus(arrival.number, 20, arrival.with_fec);
    speaker_.insert(packet, base::Time{arrival.at});
  }

  std::string block() {
    log_.letters.clear();
    const PlayoutStats before = speaker_.stats();
    audio::Block out;
    const bool heard = speaker_.pull(out, base::Time{now_});
    heard_.insert(heard_.end(), out.begin(), out.end());
    const PlayoutStats after = speaker_.stats();
    std::string letters = log_.letters;
    if (after.accelerated_samples > before.accelerated_samples) letters += 'a';
    if (after.expanded_samples > before.expanded_samples) letters += 'e';
    if (letters.empty()) letters = heard ? "_" : ".";
    return letters;
  }

  [[nodiscard]] int decoders_alive() const { return log_.alive; }
  [[nodiscard]] SpeakerPlayout& speaker() { return speaker_; }
  [[nodiscard]] PlayoutStats stats() const { return speaker_.stats(); }
  [[nodiscard]] const std::vector<std::uint32_t>& decoded() const { return log_.decoded; }
  [[nodiscard]] const std::vector<float>& heard() const { return heard_; }

 private:
  DecoderLog log_;
  SineDecoders decoders_{log_};
  SpeakerPlayout speaker_;
  std::chrono::milliseconds now_{5};
  std::uint32_t pause_samples_ = 0;
  std::vector<float> heard_;
};

/// The packets [first, last) on time, but for those that `late_ms` delays (in order, as TCP does).
std::vector<Arrival> on_time(std::uint32_t first, std::uint32_t last,
                             const std::function<int(std::uint32_t)>& late_ms = nullptr) {
  std::vector<Arrival> arrivals;
  std::chrono::milliseconds latest{0};
  for (std::uint32_t n = first; n < last; ++n) {
    const int late = late_ms == nullptr ? 0 : late_ms(n);
    latest = std::max<std::chrono::milliseconds>(latest, 20ms * n + 1ms * late);
    arrivals.push_back({.at = latest, .number = n});
  }
  return arrivals;
}

/// The arrivals of packets sent during [begin, begin + length) come together at its end.
std::function<int(std::uint32_t)> stall(int begin_ms, int length_ms) {
  return [=](std::uint32_t n) {
    const int sent = static_cast<int>(n) * 20;
    return sent >= begin_ms && sent < begin_ms + length_ms ? begin_ms + length_ms - sent : 0;
  };
}

std::vector<Arrival> without(std::vector<Arrival> arrivals, std::uint32_t lost) {
  std::erase_if(arrivals, [=](const Arrival& arrival) { return arrival.number == lost; });
  return arrivals;
}

std::vector<std::uint32_t> numbers(std::uint32_t first, std::uint32_t last) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t n = first; n < last; ++n) all.push_back(n);
  return all;
}

TEST(SpeakerPlayout, APromptNetworkIsPlayedPromptly) {
  Call call;
  EXPECT_EQ("...d_d_d", call.play(80ms, on_time(0, 4)));
  call.play(3s, on_time(4, 150));
  EXPECT_LE(call.stats().delay, 30ms);
  EXPECT_EQ(0, call.stats().concealed_samples);
  EXPECT_EQ(0, call.stats().lost_frames);
}

TEST(SpeakerPlayout, ALostPacketIsConcealedOnce) {
  Call call;
  const std::string story = call.play(2s, without(on_time(0, 100), 50));
  EXPECT_NE(std::string::npos, story.find('c')) << story;
  EXPECT_EQ(1, call.stats().lost_frames);
  EXPECT_LE(call.stats().concealed_samples, 960);
  EXPECT_GE(call.stats().concealed_samples, 240);
}

TEST(SpeakerPlayout, ALostPacketComesBackFromItsSuccessorsFec) {
  Call call;
  std::vector<Arrival> arrivals = without(on_time(0, 100), 50);
  for (Arrival& arrival : arrivals) arrival.with_fec = true;
  const std::string story = call.play(2s, arrivals);
  EXPECT_EQ(1, std::ranges::count(story, 'f')) << story;
  EXPECT_GT(call.stats().recovered_samples, 0);
  EXPECT_LT(call.stats().concealed_samples, 960);
}

TEST(SpeakerPlayout, WhenTheNextPacketIsHereFecFillsTheWholeGap) {
  Call call;
  // Jitter of 60 ms has taught the buffer to wait; then one packet is lost.
  std::vector<Arrival> arrivals =
      without(on_time(0, 300, [](std::uint32_t n) { return n % 5 == 0 ? 60 : 0; }), 252);
  for (Arrival& arrival : arrivals) arrival.with_fec = true;
  call.play(4900ms, arrivals);
  const std::uint64_t before = call.stats().concealed_samples;
  std::erase_if(arrivals, [](const Arrival& arrival) { return arrival.at < 4905ms; });
  call.play(5400ms, arrivals);
  EXPECT_EQ(before, call.stats().concealed_samples);
  EXPECT_EQ(960, call.stats().recovered_samples);
}

TEST(SpeakerPlayout, AStallCostsNoWords) {
  Call call;
  const std::string story = call.play(3s, on_time(0, 150, stall(1000, 90)));
  EXPECT_EQ(numbers(0, 149), std::vector(call.decoded().begin(), call.decoded().begin() + 149));
  EXPECT_NE(std::string::npos, story.find('e')) << story;
  EXPECT_NE(std::string::npos, story.find('c')) << story;
  EXPECT_NE(std::string::npos, story.find('a')) << story;
  EXPECT_EQ(0, call.stats().lost_frames);
  EXPECT_EQ(0, call.stats().late_frames);
}

TEST(SpeakerPlayout, AfterAStallOf400MsTheDelayIsBackWithin2S) {
  Call call;
  const std::vector<Arrival> arrivals = on_time(0, 300, stall(2000, 400));
  call.play(2s, arrivals);
  std::vector<Arrival> rest = arrivals;
  std::erase_if(rest, [](const Arrival& arrival) { return arrival.at <= 2005ms; });
  call.play(2420ms, rest);
  EXPECT_GT(call.stats().delay, 300ms);
  std::erase_if(rest, [](const Arrival& arrival) { return arrival.at < 2420ms; });
  call.play(4400ms, rest);
  EXPECT_LE(call.stats().delay, call.stats().target_delay + 10ms);
  EXPECT_EQ(0, call.stats().lost_frames);
}

TEST(SpeakerPlayout, AfterAnOutageOf1200MsEveryWordIsHeard) {
  Call call;
  call.play(7s, on_time(0, 350, stall(2000, 1200)));
  EXPECT_EQ(numbers(0, 349), std::vector(call.decoded().begin(), call.decoded().begin() + 349));
  EXPECT_EQ(0, call.stats().lost_frames + call.stats().late_frames);
  EXPECT_LE(call.stats().delay, call.stats().target_delay + 10ms) << "and the delay is back";
}

TEST(SpeakerPlayout, AQueueThatGrowsAndDrainsCostsNoWordsAndNoGaps) {
  Call call;
  std::vector<Arrival> arrivals = on_time(0, 750, [](std::uint32_t n) {
    const int since = static_cast<int>(n % 250) * 20 - 1000;  // of 5 s
    return std::clamp(std::min(since, 4000 - since) / 10, 0, 200);
  });
  call.play(15s, arrivals);
  EXPECT_EQ(0, call.stats().concealed_samples);
  EXPECT_LT(call.stats().expanded_samples, 3 * 250 * 48) << "hardly more than the queue grew";
  EXPECT_LT(call.stats().accelerated_samples, 3 * 250 * 48);
}

TEST(SpeakerPlayout, LossThatFecRepairsIsNotTakenForLateness) {
  Call call;
  std::vector<Arrival> arrivals = on_time(0, 1500);
  std::erase_if(arrivals, [](const Arrival& arrival) { return arrival.number % 50 == 49; });
  for (Arrival& arrival : arrivals) arrival.with_fec = true;
  call.play(10s, arrivals);
  const PlayoutStats before = call.stats();
  std::erase_if(arrivals, [](const Arrival& arrival) { return arrival.at < 9995ms; });
  call.play(29s, arrivals);
  EXPECT_EQ(before.concealed_samples, call.stats().concealed_samples);
  EXPECT_EQ(before.expanded_samples, call.stats().expanded_samples);
  EXPECT_LE(call.stats().delay, 35ms);
}

TEST(SpeakerPlayout, AfterALongGapThereIsSilenceNotAMachine) {
  Call call;
  const std::string story = call.play(3s, on_time(0, 50));
  EXPECT_EQ(std::string(150, '.'), story.substr(story.size() - 150)) << story;
  EXPECT_FALSE(call.stats().talking);
  EXPECT_EQ(0, call.stats().concealed_samples);  // the speaker may just have stopped
}

TEST(SpeakerPlayout, ASilentSpeakersDecoderIsGivenBackAndMadeAgain) {
  Call call;
  call.play(3s, on_time(0, 50));
  ASSERT_TRUE(call.speaker().idle());
  EXPECT_EQ(1, call.decoders_alive());
  call.speaker().release_decoder();
  EXPECT_EQ(0, call.decoders_alive());
  call.play(5s, on_time(150, 200));
  EXPECT_EQ(1, call.decoders_alive());
  EXPECT_EQ(199, call.decoded().back());
}

TEST(SpeakerPlayout, SilenceIsNotLoss) {
  Call call;
  std::vector<Arrival> arrivals = on_time(0, 50);
  for (std::uint32_t n = 50; n < 100; ++n) {
    arrivals.push_back({.at = 20ms * n + 1s, .number = n, .pause_ms = n == 50 ? 1000U : 0});
  }
  const std::string story = call.play(3100ms, arrivals);
  EXPECT_EQ(numbers(0, 100), call.decoded());
  EXPECT_EQ(0, call.stats().lost_frames);
  EXPECT_EQ(0, call.stats().concealed_samples) << story;
}

TEST(SpeakerPlayout, TheQueueOverflowOfAServerIsLoss) {
  Call call;
  std::vector<Arrival> arrivals = on_time(0, 50);
  for (std::uint32_t n = 80; n < 120; ++n) arrivals.push_back({.at = 20ms * n, .number = n});
  call.play(2500ms, arrivals);
  EXPECT_EQ(30, call.stats().lost_frames);
  EXPECT_EQ(90, call.decoded().size());
}

TEST(SpeakerPlayout, WhatIsConcealedIsAPartOfTheSpeechHoweverLittleIsPlayed) {
  Call call;
  std::vector<Arrival> arrivals = on_time(0, 5);
  for (std::uint32_t n = 500; n < 505; ++n) arrivals.push_back({.at = 20ms * n, .number = n});
  call.play(11s, arrivals);
  const PlayoutStats stats = call.stats();
  EXPECT_GT(stats.concealed_samples, stats.played_samples) << "most of it was left silent";
  EXPECT_EQ(10 * 960, stats.decoded_samples);
  EXPECT_EQ(stats.decoded_samples + stats.concealed_samples, stats.speech_samples());
  EXPECT_NEAR(505 * 960, static_cast<double>(stats.speech_samples()), 9600);
}

TEST(SpeakerPlayout, ReorderedPacketsAreHeardInOrder) {
  Call call;
  std::vector<Arrival> arrivals = on_time(0, 400);
  for (std::size_t i = 100; i + 1 < arrivals.size(); i += 10) {  // one in ten 25 ms late
    std::swap(arrivals[i], arrivals[i + 1]);
    arrivals[i + 1].at = arrivals[i].at + 5ms;
  }
  call.play(8s, arrivals);
  EXPECT_TRUE(std::ranges::is_sorted(call.decoded()));
  EXPECT_GE(call.decoded().size(), 396);  // once it is known for reordering, it is waited for
}

TEST(SpeakerPlayout, DuplicatesAreHeardOnce) {
  Call call;
  std::vector<Arrival> arrivals;
  for (const Arrival& arrival : on_time(0, 100))
    arrivals.insert(arrivals.end(), {arrival, arrival});
  call.play(2100ms, arrivals);
  EXPECT_EQ(numbers(0, 100), call.decoded());
  EXPECT_EQ(100, call.stats().duplicate_frames);
}

TEST(SpeakerPlayout, ASenderThatStartsAgainIsHeardAgain) {
  Call call;
  std::vector<Arrival> arrivals;
  for (std::uint32_t n = 5'000'000; n < 5'000'050; ++n) {
    arrivals.push_back({.at = 20ms * (n - 5'000'000), .number = n});
  }
  for (std::uint32_t n = 0; n < 50; ++n) arrivals.push_back({.at = 1500ms + 20ms * n, .number = n});
  call.play(3s, arrivals);
  EXPECT_EQ(100, call.decoded().size());
  EXPECT_EQ(0, call.stats().lost_frames);
}

/// The original client would play five seconds of stale speech.
TEST(SpeakerPlayout, AListenerThatWasSuspendedHearsNothingOlderThan500Ms) {
  Call call;
  call.play(2s, on_time(0, 100));
  call.suspend_until(5005ms);
  std::vector<Arrival> arrivals = on_time(100, 400);
  for (Arrival& arrival : arrivals)
    arrival.at = std::max<std::chrono::milliseconds>(arrival.at, 5s);
  const std::size_t before = call.decoded().size();
  call.play(8100ms, arrivals);
  EXPECT_GE(call.decoded()[before], 225);  // sent 500 ms before the process woke up
  EXPECT_EQ(399, call.decoded().back());
  EXPECT_LE(call.stats().delay, 100ms);
}

TEST(SpeakerPlayout, TheDelayStaysUnderTheCapWhateverTheNetworkDoes) {
  Call call({.max_delay = 200ms, .outage = 100ms});
  std::vector<Arrival> arrivals = on_time(0, 1000, [](std::uint32_t n) {
    return static_cast<int>(n * 7919 % 11) * 60;  // up to 600 ms, wildly
  });
  std::ranges::stable_sort(arrivals, {}, &Arrival::at);
  std::string story;
  auto next = arrivals.begin();
  int above = 0;
  for (std::chrono::milliseconds now{5}; now < 20s; now += 10ms) {
    std::vector<Arrival> due;
    for (; next != arrivals.end() && next->at <= now; ++next) due.push_back(*next);
    call.play(now + 10ms, due);
    above = call.stats().delay > 310ms ? above + 1 : 0;
    ASSERT_LT(above, 5) << now.count();
  }
}

}  // namespace
}  // namespace comcat::playout
