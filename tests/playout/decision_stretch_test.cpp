// When speech is cut, or said again, to be nearer the target.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "playout/situations.h"

namespace comcat::playout {
namespace {

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

}  // namespace
}  // namespace comcat::playout
