// What to do with a pull, from delays and counts alone: no packet, no sound, no clock.

#include "comcat/playout/decision.h"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "playout/situations.h"

namespace comcat::playout {
namespace {

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

/// Throws one packet away and finds nothing behind it.
Asked emptied() {
  Asked asked = Asked::talking();
  Situation now = queued(kFrame);
  now.first->delay = 3000ms;
  EXPECT_EQ(Operation::kThrowAway, asked.ask(now));
  now.first.reset();
  EXPECT_EQ(Operation::kSkip, asked.ask(now));
  EXPECT_EQ(Operation::kPlay, asked.ask(now));
  return asked;
}

TEST(Decision, WhatFollowsBehindIsThrownAwayThoughItComesAPullLater) {
  Asked asked = emptied();
  Situation now = queued(kFrame);
  now.first->delay = 401ms;
  EXPECT_EQ(Operation::kThrowAway, asked.ask(now));
  now.first->delay = 400ms;
  EXPECT_EQ(Operation::kSkip, asked.ask(now));
  EXPECT_EQ(Operation::kPlay, asked.ask(now));
  now.first->delay = 900ms;
  EXPECT_EQ(Operation::kPlay, asked.ask(now)) << "caught up, and this is another outage";
}

TEST(Decision, SoItIsHoweverManyPullsASinkMakesAtOnceThatWasSuspended) {
  Asked asked = emptied();
  Situation now = queued(kFrame);
  now.first.reset();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(Operation::kPlay, asked.ask(now));
  now.first = Situation::First{.delay = 900ms};
  EXPECT_EQ(Operation::kThrowAway, asked.ask(now));
}

TEST(Decision, ANetworkThatStaysLateIsListenedToAllTheSame) {
  Asked asked = emptied();
  Situation now = queued(kFrame);
  int pulls = 0;
  for (; pulls < 100; ++pulls) {
    now.due += 10ms;
    now.first = Situation::First{.delay = 900ms};
    if (asked.ask(now) == Operation::kPlay) break;
    now.first.reset();
    EXPECT_EQ(Operation::kSkip, asked.ask(now));
    EXPECT_EQ(Operation::kPlay, asked.ask(now));
  }
  EXPECT_EQ(39, pulls);  // of 10 ms, within 400
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
