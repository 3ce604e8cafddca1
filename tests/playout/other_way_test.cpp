// A speaker whose packets come by the stream for a while, and by datagrams for a while.

#include <algorithm>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/playout/speaker_playout.h"

#include "playout/sine_decoder.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;
using wire::Via;

constexpr base::Duration kChange = 10s;

/// How late a packet comes, and which way.
struct Arrival {
  base::Duration late;
  Via via;
};
using Network = std::function<Arrival(int)>;

/// By the stream: a loss every second holds up what follows for 150 ms.
base::Duration by_stream(int n) {
  const auto since = 20ms * (n % 50);
  return 40ms + (n >= 50 && since < 150ms ? 150ms - since : 0ms);
}

/// By datagram: two milliseconds of jitter.
base::Duration by_datagram(int n) {
  return 30ms + (n * 7919 % 5) * 500us;
}

/// Plays what comes of the packets sent every 20 ms until `end`; tells the stats at each block.
PlayoutStats play(SpeakerPlayout& speaker, const Network& network, base::Duration end,
                  const std::function<void(base::Time, const PlayoutStats&)>& look = {}) {
  int next = 0;
  base::Time latest_by_stream{};
  const auto arrival = [&](int n) {
    const Arrival its = network(n);
    const base::Time at{20ms * n + its.late};
    return its.via == Via::kStream ? std::max(at, latest_by_stream) : at;
  };
  for (base::Time now{5ms}; now < base::Time{end}; now += 10ms) {
    for (; arrival(next) <= now; ++next) {
      const Via via = network(next).via;
      if (via == Via::kStream) latest_by_stream = arrival(next);
      speaker.insert(numbered_packet(static_cast<std::uint32_t>(next)), arrival(next), via);
    }
    audio::Block block;
    speaker.pull(block, now);
    if (look) look(now, speaker.stats());
  }
  return speaker.stats();
}

class OtherWay : public ::testing::Test {
 protected:
  DecoderLog log_;
  SineDecoders decoders_{log_};
  SpeakerPlayout speaker_{{}, decoders_};
};

TEST_F(OtherWay, ThatIsBetterIsPlayedSoonerAndWithoutAGap) {
  PlayoutStats before;
  PlayoutStats soon;
  const PlayoutStats after = play(
      speaker_,
      [](int n) {
        return 20ms * n < kChange ? Arrival{by_stream(n), Via::kStream}
                                  : Arrival{by_datagram(n), Via::kDatagram};
      },
      20s,
      [&](base::Time now, const PlayoutStats& stats) {
        if (now < base::Time{kChange}) before = stats;
        if (now < base::Time{kChange + 2s}) soon = stats;
      });
  EXPECT_GE(before.target_delay, 100ms) << "the stream needs that";
  EXPECT_LE(soon.target_delay, 40ms);
  EXPECT_LE(soon.delay, 60ms);
  EXPECT_LE(after.delay, 40ms);
  EXPECT_EQ(before.concealed_samples, after.concealed_samples) << "nothing was missing";
  EXPECT_EQ(0U, after.lost_frames + after.late_frames);
}

TEST_F(OtherWay, ThatIsWorseIsLearnedAnew) {
  PlayoutStats before;
  const PlayoutStats after = play(
      speaker_,
      [](int n) {
        return 20ms * n < kChange ? Arrival{by_datagram(n), Via::kDatagram}
                                  : Arrival{by_stream(n), Via::kStream};
      },
      30s,
      [&](base::Time now, const PlayoutStats& stats) {
        if (now < base::Time{kChange}) before = stats;
      });
  EXPECT_LE(before.target_delay, 40ms);
  EXPECT_GE(after.target_delay, 100ms);
  EXPECT_EQ(0U, after.lost_frames);
  // The first stalls are not waited for yet; a few of 150 ms each.
  EXPECT_LE(after.concealed_samples, 48U * 600);
}

TEST_F(OtherWay, ThatAFewPacketsTakeTeachesNothing) {
  const PlayoutStats with_strays = play(
      speaker_,
      [](int n) {
        return n % 10 == 3 ? Arrival{by_datagram(n), Via::kDatagram}
                           : Arrival{by_stream(n), Via::kStream};
      },
      10s);
  EXPECT_GE(with_strays.target_delay, 100ms);
}

}  // namespace
}  // namespace comcat::playout
