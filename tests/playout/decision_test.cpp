// What to do with a pull, from delays and counts alone: no packet, no sound, no clock.

#include "comcat/playout/decision.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using Operation = Order::Operation;

constexpr std::size_t kBlock = 480;
constexpr std::size_t kFrame = 960;

/// A prompt network: the next packet is here when it is needed, and what is queued is on time.
Situation prompt() {
  Situation now;
  now.first = Situation::First{.delay = 10ms};
  now.heard_before = true;
  now.target = now.usual = now.delay = now.next_delay = 10ms;
  return now;
}

Situation queued(std::size_t samples) {
  Situation now = prompt();
  now.queued_samples = samples;
  return now;
}

Situation dry() {
  Situation now = prompt();
  now.first.reset();
  return now;
}

/// A situation with one thing changed.
template <typename Change>
Situation with(Situation now, Change change) {
  change(now);
  return now;
}

/// A decision that is asked, and what it was told of what it ordered.
class Asked {
 public:
  explicit Asked(const PlayoutOptions& options = {}) : decision(options) {}

  /// The next order, carried out: `samples` decoded, cut or repeated.
  Order order(const Situation& now, std::size_t samples = kFrame) {
    const Order order = decision.next(now);
    decision.done(order, samples);
    return order;
  }

  Operation ask(const Situation& now, std::size_t samples = kFrame) {
    return order(now, samples).operation;
  }

  /// Whole pulls of a spurt in which nothing happens.
  void play(int pulls) {
    for (int i = 0; i < pulls; ++i) ASSERT_EQ(Operation::kPlay, ask(queued(kFrame)));
  }

  /// In a spurt that has gone on for `pulls`.
  static Asked talking(int pulls = 10, const PlayoutOptions& options = {}) {
    Asked asked(options);
    EXPECT_EQ(Operation::kBegin, asked.ask(prompt()));
    asked.play(pulls + 1);
    return asked;
  }

  Decision decision;
};

TEST(Decision, ASpurtBeginsWhenItsFirstPacketHasWaitedForTheTarget) {
  struct Case {
    const char* name;
    std::function<void(Situation&)> change;
    Operation expected;
  };
  const std::vector<Case> cases{
      {"nobody speaks", [](Situation& s) { s.first.reset(); }, Operation::kWait},
      {"a packet that is too early", [](Situation& s) { s.first->delay = 9ms; }, Operation::kWait},
      {"a packet in time", [](Situation& s) { s.first->delay = 10ms; }, Operation::kBegin},
      {"the end of the last spurt still plays, half a block of it",
       [](Situation& s) { s.queued_samples = 240; }, Operation::kWait},
      {"half a block later",
       [](Situation& s) {
         s.queued_samples = 240;
         s.first->delay = 15ms;
       },
       Operation::kBegin},
  };
  for (const Case& c : cases) {
    Asked asked;
    Situation now = prompt();
    now.first->gap_samples = 48'000;  // after a pause
    c.change(now);
    EXPECT_EQ(c.expected, asked.ask(now)) << c.name;
    EXPECT_EQ(c.expected == Operation::kBegin, asked.decision.talking()) << c.name;
  }
}

TEST(Decision, WhatGoesOnWhereTheLastSpurtEndedNeedNotWait) {
  Asked asked;
  Situation now = prompt();
  now.first->delay = 0ms;
  EXPECT_EQ(Operation::kBegin, asked.ask(now));
}

TEST(Decision, APacketWhoseDelayIsNonsenseWaitsNoLongerThanTheGreatestDelay) {
  Asked asked({.max_delay = 50ms});
  Situation now = prompt();
  now.heard_before = false;
  now.first->delay = Micros{-3'600'000'000};
  int waited = 0;
  while (asked.ask(now) == Operation::kWait && waited < 100) ++waited;
  EXPECT_EQ(5, waited);
}

TEST(Decision, ThePacketIsDecodedWhenTheBlockIsNotWhole) {
  struct Case {
    const char* name;
    Situation now;
    Operation expected;
  };
  const std::vector<Case> cases{
      {"a block is there", queued(kBlock), Operation::kPlay},
      {"a sample is missing", with(queued(kBlock - 1), [](Situation& s) { s.delay = 20ms; }),
       Operation::kDecode},
      {"nothing is there", queued(0), Operation::kDecode},
      {"nor a packet", dry(), Operation::kConceal},
      {"and all has faded", with(dry(), [](Situation& s) { s.faded = true; }), Operation::kEnd},
      {"a pause of the speaker's",
       with(prompt(), [](Situation& s) { s.first->gap_samples = 9600; }), Operation::kEnd},
      {"a lost packet",
       with(prompt(),
            [](Situation& s) {
              s.first->missing_packets = 1;
              s.first->gap_samples = kFrame;
            }),
       Operation::kRecover},
      {"too many of them",
       with(prompt(),
            [](Situation& s) {
              s.first->missing_packets = 7;
              s.first->gap_samples = 7 * kFrame;
            }),
       Operation::kEnd},
  };
  for (const Case& c : cases) {
    Asked asked = Asked::talking();
    EXPECT_EQ(c.expected, asked.ask(c.now)) << c.name;
    EXPECT_EQ(c.expected != Operation::kEnd, asked.decision.talking()) << c.name;
  }
}

TEST(Decision, AFinePullIsFilledByAsMuchInventionAsSilkKnows) {
  Asked asked = Asked::talking();
  Situation now = dry();
  now.pull_samples = 120;
  EXPECT_EQ(kBlock, asked.order(now).samples);
  now.queued_samples = kBlock;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Operation::kPlay, asked.ask(now));
}

TEST(Decision, ALostPacketIsFilledByFecAsFarAsThatReaches) {
  struct Case {
    std::int64_t missing;
    bool has_fec;
    std::size_t invented;
    std::size_t recovered;
  };
  for (const Case& c : {Case{1, false, 960, 0}, Case{1, true, 0, 960}, Case{3, true, 1920, 960}}) {
    Asked asked = Asked::talking();
    Situation now = prompt();
    now.first->missing_packets = c.missing;
    now.first->gap_samples = c.missing * 960;
    now.first->has_fec = c.has_fec;
    const Order order = asked.order(now);
    EXPECT_EQ(c.missing, order.lost_packets);
    EXPECT_EQ(c.invented, order.samples) << c.missing;
    EXPECT_EQ(c.recovered, order.fec_samples) << c.missing;
    EXPECT_EQ(c.invented, order.concealed_samples) << c.missing;
  }
}

TEST(Decision, OfALostPacketOnlyThatIsFilledWhichHasNotBeenWaitedFor) {
  Asked asked = Asked::talking();
  EXPECT_EQ(kBlock, asked.order(dry()).samples);
  EXPECT_EQ(Operation::kPlay, asked.ask(queued(kBlock)));
  Situation now = prompt();
  now.first->missing_packets = 1;
  now.first->gap_samples = kFrame;
  const Order order = asked.order(now);
  EXPECT_EQ(Operation::kRecover, order.operation);
  EXPECT_EQ(kFrame - kBlock, order.samples);
  EXPECT_EQ(kFrame, order.concealed_samples) << "what was waited, and what is filled";
}

TEST(Decision, AWaitForAPacketThatComesWasConcealment) {
  Asked asked = Asked::talking();
  EXPECT_EQ(Operation::kConceal, asked.ask(dry()));
  EXPECT_EQ(Operation::kPlay, asked.ask(queued(kBlock)));
  const Order order = asked.order(prompt());
  EXPECT_EQ(Operation::kDecode, order.operation);
  EXPECT_EQ(kBlock, order.concealed_samples);
  EXPECT_EQ(0U, asked.order(prompt()).concealed_samples) << "told once";
}

TEST(Decision, AWaitThatWasTheSpeakersPauseWasNothing) {
  Asked asked = Asked::talking();
  EXPECT_EQ(Operation::kConceal, asked.ask(dry()));
  EXPECT_EQ(Operation::kEnd, asked.ask(with(dry(), [](Situation& s) { s.faded = true; })));
  EXPECT_EQ(Operation::kWait, asked.ask(dry()));
  EXPECT_EQ(Operation::kWait, asked.ask(dry()));
  Situation now = prompt();
  now.first->gap_samples = 48'000;
  const Order order = asked.order(now);
  EXPECT_EQ(Operation::kBegin, order.operation);
  EXPECT_EQ(0U, order.concealed_samples);
}

TEST(Decision, WhatWasSaidInAnOutageIsPlayed) {
  Asked asked = Asked::talking();
  Situation now = queued(kBlock);
  now.first->delay = 1300ms;
  EXPECT_EQ(Operation::kPlay, asked.ask(now));
  now.first->delay = 1301ms;
  EXPECT_EQ(Operation::kThrowAway, asked.ask(now));
}

TEST(Decision, WhatIsTooLateIsThrownAwayDownToTheGreatestDelay) {
  Asked asked = Asked::talking(10, {.outage = 100ms});
  Situation now = queued(kBlock);
  now.first->delay = 500ms;
  EXPECT_EQ(Operation::kPlay, asked.ask(now)) << "late, but not hopelessly";
  now.first->delay = 501ms;
  now.first->missing_packets = 2;
  const Order order = asked.order(now);
  EXPECT_EQ(Operation::kThrowAway, order.operation);
  EXPECT_EQ(2, order.lost_packets);
  now.first->missing_packets = 0;
  now.first->delay = 401ms;
  EXPECT_EQ(Operation::kThrowAway, asked.ask(now));
  now.first->delay = 400ms;
  EXPECT_EQ(Operation::kSkip, asked.ask(now));
  EXPECT_EQ(Operation::kPlay, asked.ask(now));
}

TEST(Decision, AListenerBehindTheTargetCatchesUpTheFasterTheFurtherHeIs) {
  struct Case {
    Micros delay;
    bool quiet;
    int pulls;  // of rest after a cut
    float least_match;
  };
  for (const Case& c :
       {Case{20ms, false, 6, 0.8F}, Case{40ms, false, 3, 0.6F}, Case{90ms, false, 2, 0.3F},
        Case{210ms, false, 2, -1.0F}, Case{20ms, true, 1, -2.0F}, Case{10ms, true, 1, -2.0F}}) {
    Asked asked = Asked::talking();
    Situation now = queued(4 * kBlock);  // enough to look for a cut
    now.delay = c.delay;
    now.quiet = c.quiet;
    const Order first = asked.order(now, 240);
    ASSERT_EQ(Operation::kAccelerate, first.operation) << c.delay.count();
    EXPECT_EQ(c.least_match, first.least_match) << c.delay.count();
    EXPECT_EQ(static_cast<std::size_t>((c.delay - 10ms) / 10ms) * kBlock, first.samples);
    int pulls = 0;
    for (; asked.ask(now, 240) == Operation::kPlay && pulls < 100; ++pulls) {
    }
    EXPECT_EQ(c.pulls, pulls) << c.delay.count();
  }
}

TEST(Decision, ACutThatFindsNoMatchIsTriedAgainInTheNextPull) {
  Asked asked = Asked::talking();
  Situation now = queued(4 * kBlock);
  now.delay = 40ms;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Operation::kAccelerate, asked.ask(now, 0));
    EXPECT_EQ(Operation::kPlay, asked.ask(now));
  }
}

TEST(Decision, BeforeACutAsMuchIsDecodedAsTheSearchLooksAt) {
  Situation now = queued(kBlock);
  now.delay = 40ms;
  Asked asked = Asked::talking();
  EXPECT_EQ(Operation::kDecode, asked.ask(now));
  EXPECT_EQ(Operation::kAccelerate,
            asked.ask(with(now, [](Situation& s) { s.queued_samples = 1440; })));

  Asked broken = Asked::talking();
  EXPECT_EQ(Operation::kDecode, broken.ask(now, 0));
  EXPECT_EQ(Operation::kAccelerate, broken.ask(now)) << "a packet that cannot be decoded ends it";

  Asked alone = Asked::talking();
  now.first.reset();
  EXPECT_EQ(Operation::kAccelerate, alone.ask(now)) << "no packet is here";
}

TEST(Decision, AListenerAheadOfTheTargetSaysALittleAgain) {
  struct Case {
    Micros delay;
    bool quiet;
    int pulls;  // of a spurt, until something is said again
  };
  for (const Case& c : {Case{24ms, false, 6}, Case{27ms, true, 2}}) {
    Asked asked = Asked::talking(0);
    Situation now = queued(kBlock);
    now.target = 30ms;
    now.delay = c.delay;
    now.quiet = c.quiet;
    int pulls = 1;  // talking() had one
    for (; asked.ask(now, 240) == Operation::kPlay && pulls < 100; ++pulls) {
    }
    EXPECT_EQ(c.pulls - 1, pulls) << c.delay.count();
  }
}

TEST(Decision, ASlackWithinTheSameBlockIsLeftAlone) {
  for (const Micros delay : {Micros{5'000}, Micros{10'000}, Micros{19'999}}) {
    Asked asked = Asked::talking();
    Situation now = queued(kBlock);
    now.delay = delay;
    EXPECT_EQ(Operation::kPlay, asked.ask(now)) << delay.count();
  }
}

TEST(Decision, WhenTheNextPacketIsOverdueAtMost30msAreSaidAgain) {
  Asked asked = Asked::talking();
  Situation now = dry();
  now.queued_samples = kBlock;
  now.next_delay = 11ms;  // more than usual
  std::size_t said_again = 0;
  for (int i = 0; i < 100; ++i) {
    const Order order = asked.decision.next(now);
    if (order.operation == Operation::kPlay) continue;
    ASSERT_EQ(Operation::kExpand, order.operation);
    const std::size_t samples = std::min<std::size_t>(order.samples, 700);
    asked.decision.done(order, samples);
    said_again += samples;
  }
  EXPECT_EQ(1440U, said_again);
}

TEST(Decision, NothingIsSaidAgainWhileThereIsStillTimeForThePacketToCome) {
  Asked asked = Asked::talking();
  Situation now = dry();
  now.queued_samples = kFrame;
  now.next_delay = 11ms;
  EXPECT_EQ(Operation::kPlay, asked.ask(now)) << "there is another pull";
  now.pull_samples = 120;
  now.queued_samples = 360;
  EXPECT_EQ(Operation::kPlay, asked.ask(now));
  now.queued_samples = 240;
  EXPECT_EQ(Operation::kExpand, asked.ask(now)) << "the last in which it can be done";
}

/// Discontinuous transmission: the last packet before a pause is quiet, and none follows.
TEST(Decision, ASpeakerWhoPausesIsNotTakenForLateMoreThanOnce) {
  Asked asked = Asked::talking();
  Situation last = dry();
  last.queued_samples = kBlock;
  last.next_delay = 11ms;
  last.quiet = true;
  last.delay = Micros{9'500};  // nothing is to be cut
  Situation after_pause = prompt();
  after_pause.first->gap_samples = 48'000;
  for (int pause = 0; pause < 3; ++pause) {
    const Operation operation = asked.ask(last);
    EXPECT_EQ(pause == 0 ? Operation::kExpand : Operation::kPlay, operation) << pause;
    if (operation != Operation::kPlay) {
      EXPECT_EQ(Operation::kPlay, asked.ask(last));
    }
    EXPECT_EQ(Operation::kEnd, asked.ask(with(dry(), [](Situation& s) { s.faded = true; })));
    EXPECT_EQ(Operation::kWait, asked.ask(dry()));
    EXPECT_EQ(Operation::kBegin, asked.ask(after_pause));
    asked.play(20);
  }
  // Where packets do come late in quiet moments, it is done again.
  for (int late = 0; late < 3; ++late) {
    (void)asked.ask(last);
    EXPECT_EQ(Operation::kDecode, asked.ask(prompt()));
    asked.play(20);
  }
  EXPECT_EQ(Operation::kExpand, asked.ask(last));
}

TEST(Decision, WhatIsSaidAgainIsEarnedByTwiceAsMuchSpeech) {
  Asked asked = Asked::talking();
  Situation late = dry();
  late.queued_samples = kBlock;
  late.next_delay = 11ms;
  EXPECT_EQ(1440U, asked.order(late, 1440).samples);
  EXPECT_EQ(Operation::kPlay, asked.ask(late));
  EXPECT_EQ(Operation::kDecode, asked.ask(prompt()));
  EXPECT_EQ(Operation::kPlay, asked.ask(queued(kBlock)));
  EXPECT_EQ(kFrame / 2, asked.order(late).samples);
}

TEST(Decision, ASenderThatStartsAgainIsWaitedForAnew) {
  Asked asked = Asked::talking();
  EXPECT_EQ(Operation::kConceal, asked.ask(dry()));
  EXPECT_EQ(Operation::kPlay, asked.ask(queued(kBlock)));
  asked.decision.restart();
  EXPECT_FALSE(asked.decision.talking());
  Situation now = prompt();
  now.heard_before = false;
  now.first->delay = 0ms;
  EXPECT_EQ(Operation::kWait, asked.ask(now));
  now.first->delay = 10ms;
  const Order order = asked.order(now);
  EXPECT_EQ(Operation::kBegin, order.operation);
  EXPECT_EQ(0U, order.concealed_samples) << "what was waited for before is another matter";
}

TEST(Aim, IsTheTargetAndWhatWillStillWaitWhenThePacketIsNeeded) {
  struct Case {
    std::size_t queued;
    std::size_t packet;
    Micros more;
  };
  for (const Case& c :
       {Case{0, 960, 0ms}, Case{480, 960, 0ms}, Case{240, 960, 5ms}, Case{0, 480, 0ms},
        Case{0, 240, 5ms}, Case{240, 240, 5ms}, Case{0, 120, Micros{7'500}}, Case{0, 0, 0ms}}) {
    EXPECT_EQ(50ms + c.more, aim(50ms, c.queued, c.packet, kBlock)) << c.queued << " " << c.packet;
  }
}

TEST(Aim, IsNearerTheTargetTheFinerThePulls) {
  EXPECT_EQ(50ms, aim(50ms, 240, 960, 120));
  EXPECT_EQ(50ms + Micros{1250}, aim(50ms, 180, 960, 120));
  EXPECT_EQ(50ms, aim(50ms, 0, 120, 120));
}

}  // namespace
}  // namespace comcat::playout
