// Two ends of datagrams over a line that does as a script says.

#include "comcat/transport/datagram_course.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "support/link_model.h"

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;
using base::Time;
using datagram::Way;
using testing::LinkConditions;
using testing::LinkModel;

constexpr base::Duration kStreamDelay = 30ms;

DatagramCourse::Options options(const datagram::Keys& up, const datagram::Keys& down,
                                std::uint8_t epoch = 0) {
  return {.connection = 7, .epoch = epoch, .up = up, .down = down};
}

wire::VoicePacket packet(std::uint32_t number, std::size_t bytes = 80) {
  return {.speaker = 1,
          .sequence = number,
          .timestamp = number * 960,
          .duration_samples = 960,
          .level_dbov = 20,
          .payload = std::string(bytes, 'x')};
}

/// Two clients that are each other's server, and all that is under way between them.
class Call {
 public:
  class End final : public DatagramCourse::Exit {
   public:
    End(Call& call, const DatagramCourse::Options& options, std::uint64_t seed)
        : call_(call), course(options, *this, call.now()), line(seed) {}
    void send(datagram::Bytes datagram) override {
      sent.assign(datagram.begin(), datagram.end());
      longest_sent = std::max(longest_sent, datagram.size());
      const LinkModel::Fate fate = line.enter(datagram.size(), true, call_.now());
      for (const auto& at : {fate.arrives, fate.arrives_again}) {
        if (at) call_.later(*at, [this, copy = sent] { other().receive(copy); });
      }
    }
    void report(const datagram::Report& report) override {
      call_.later(call_.now() + kStreamDelay,
                  [this, report] { other().course.told(report, call_.now()); });
    }
    void receive(const std::vector<std::byte>& datagram) {
      wire::VoicePackets packets;
      course.receive(datagram, call_.now(), packets);
      for (const wire::VoicePacket& packet : packets) heard[packet.sequence].push_back(call_.now());
    }
    void say(const wire::VoicePacket& packet) {
      said[packet.sequence] = call_.now();
      if (course.say(packet, call_.now()) == Way::kDatagram) return;
      call_.later(call_.now() + kStreamDelay, [this, packet] {
        other().course.heard_by_stream(call_.now());
        other().heard[packet.sequence].push_back(call_.now());
      });
    }
    [[nodiscard]] End& other() const { return this == &call_.an ? call_.binh : call_.an; }

   private:
    Call& call_;

   public:
    DatagramCourse course;
    LinkModel line;  // by which datagrams leave
    std::vector<std::byte> sent;
    std::size_t longest_sent = 0;
    std::map<std::uint32_t, Time> said;
    std::map<std::uint32_t, std::vector<Time>> heard;
  };

  [[nodiscard]] Time now() const { return now_; }
  void later(Time at, std::function<void()> what) { events_.emplace(at, std::move(what)); }

  /// Both speak every 20 ms for so long.
  void speak(base::Duration time) {
    for (const Time end = now_ + time; now_ < end; now_ += 5ms) {
      while (!events_.empty() && events_.begin()->first <= now_) {
        const auto what = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        what();
      }
      const bool due = now_.time_since_epoch() % 20ms == 0ms;
      if (due) ++number_;
      for (End* const end_of : {&an, &binh}) {
        if (due) end_of->say(packet(number_));
        end_of->course.tick(now_);
      }
    }
  }
  void set(const LinkConditions& conditions) {
    an.line.set(conditions);
    binh.line.set(conditions);
  }

 private:
  Time now_{};
  std::multimap<Time, std::function<void()>> events_;
  std::uint32_t number_ = 0;
  const datagram::Keys first_ = *datagram::Keys::random();
  const datagram::Keys second_ = *datagram::Keys::random();

 public:
  End an{*this, options(first_, second_), 1};
  End binh{*this, options(second_, first_), 2};
};

/// The longest time between two packets that `end` hears for the first time.
base::Duration longest_silence(const Call::End& end) {
  std::map<Time, int> times;
  for (const auto& [number, at] : end.heard) ++times[at.front()];
  base::Duration longest{};
  for (auto next = times.begin(), last = next++; next != times.end(); last = next++) {
    longest = std::max(longest, next->first - last->first);
  }
  return longest;
}

TEST(DatagramCourse, VoiceGoesByDatagramsAsSoonAsTheyAreKnownToGetThrough) {
  Call call;
  call.set({.delay = 10ms});
  call.speak(400ms);
  EXPECT_EQ(Way::kDatagram, call.an.course.way_up());
  EXPECT_EQ(Way::kDatagram, call.binh.course.way_up());
  call.speak(2s);
  EXPECT_EQ(Way::kDatagram, call.an.course.way_down(call.now()));
  EXPECT_EQ(20ms, call.an.course.up().round_trip());
  EXPECT_LE(longest_silence(call.an), 20ms + 5ms) << "not even while it changes";
  for (const auto& [number, at] : call.binh.heard) EXPECT_EQ(1U, at.size()) << number;
}

TEST(DatagramCourse, EverythingGoesByTheStreamWhereDatagramsAreBlockedFromTheStart) {
  Call call;
  call.set({.passes = LinkConditions::Passes::kAllButUdp});
  call.speak(10s);
  EXPECT_EQ(Way::kStream, call.an.course.way_up());
  EXPECT_EQ(Way::kStream, call.an.course.way_down(call.now()));
  EXPECT_LE(longest_silence(call.binh), 20ms);
}

class DatagramsLost : public ::testing::TestWithParam<std::pair<bool, bool>> {};

TEST_P(DatagramsLost, InterruptForALittleMoreThanASecondAndComeBack) {
  const auto [up, down] = GetParam();
  Call call;
  call.set({.delay = 10ms});
  call.speak(3s);
  const LinkConditions blocked{.passes = LinkConditions::Passes::kAllButUdp};
  if (up) call.an.line.set(blocked);
  if (down) call.binh.line.set(blocked);
  call.speak(5s);
  EXPECT_EQ(up ? Way::kStream : Way::kDatagram, call.an.course.way_up());
  EXPECT_EQ(down ? Way::kStream : Way::kDatagram, call.binh.course.way_up());
  EXPECT_LE(longest_silence(call.an), 1200ms);
  EXPECT_LE(longest_silence(call.binh), 1200ms);
  call.set({.delay = 10ms});
  call.speak(20s);
  EXPECT_EQ(Way::kDatagram, call.an.course.way_up()) << "it has come back by itself";
  EXPECT_EQ(Way::kDatagram, call.binh.course.way_up());
  EXPECT_LE(longest_silence(call.an), 1200ms);
}

INSTANTIATE_TEST_SUITE_P(OneWayTheOtherBoth, DatagramsLost,
                         ::testing::Values(std::pair(true, false), std::pair(false, true),
                                           std::pair(true, true)));

TEST(DatagramCourse, GoesBothWaysAfterAMoveUntilThereIsProof) {
  Call call;
  call.set({.delay = 10ms});
  call.speak(3s);
  call.an.course.moved(call.now());
  EXPECT_EQ(Way::kBoth, call.an.course.way_up());
  call.speak(500ms);
  EXPECT_EQ(Way::kDatagram, call.an.course.way_up());
}

TEST(DatagramCourse, KnowsWhatIsLostOnEachWay) {
  Call call;
  call.an.line.set({.delay = 10ms, .loss = 0.1});
  call.binh.line.set({.delay = 10ms, .loss = 0.02});
  call.speak(5s);
  EXPECT_NEAR(0.1, call.an.course.up().loss(), 0.07);
  EXPECT_NEAR(call.an.course.up().loss(), call.binh.course.loss_down(), 0.05);
  EXPECT_LT(call.an.course.loss_down(), 0.07);
}

/// Which share of what was said in the last seconds has been heard.
double heard_share(const Call::End& speaker, const Call::End& listener, Time since) {
  double said = 0;
  double heard = 0;
  for (const auto& [number, at] : speaker.said) {
    if (at < since) continue;
    ++said;
    heard += listener.heard.contains(number) ? 1 : 0;
  }
  return heard / said;
}

TEST(DatagramCourse, SaysEachPacketAgainWithTheNextWhereTheyAreLost) {
  Call call;
  call.set({.delay = 10ms});
  call.speak(5s);
  const std::size_t one = call.an.longest_sent;
  call.an.line.set({.delay = 10ms, .loss = 0.1});
  call.speak(2s);
  const Time since = call.now();
  call.speak(20s);
  EXPECT_GT(call.an.longest_sent, one + 80) << "two packets in one";
  EXPECT_EQ(one, call.binh.longest_sent) << "nothing is lost on that way";
  EXPECT_GE(heard_share(call.an, call.binh, since), 0.97);
}

TEST(DatagramCourse, HearsNothingThatIsForgedDamagedOrSentAgain) {
  Call call;
  call.speak(2s);
  ASSERT_EQ(0U, call.binh.course.rejected());
  std::vector<std::byte> damaged = call.an.sent;
  damaged.back() ^= std::byte{1};
  const std::size_t heard = call.binh.heard.size();
  call.binh.receive(call.an.sent);
  call.binh.receive(damaged);
  call.binh.receive({});
  call.binh.receive(std::vector<std::byte>(1201));
  call.binh.receive(call.binh.sent);
  EXPECT_EQ(5U, call.binh.course.rejected());
  EXPECT_EQ(heard, call.binh.heard.size());
}

TEST(DatagramCourse, LeavesWhatIsTooLongToTheStream) {
  Call call;
  call.speak(1s);
  ASSERT_EQ(Way::kDatagram, call.an.course.way_up());
  EXPECT_EQ(Way::kDatagram, call.an.course.say(packet(1000, 1100), call.now()));
  EXPECT_EQ(Way::kStream, call.an.course.say(packet(1001, wire::kMaxChunkBytes), call.now()));
}

}  // namespace
}  // namespace comcat::transport
