// What a client's stream does, as stories: what happens, and what it answers.

#include <array>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transport/course_story.h"

namespace comcat::transport {
namespace {

using ::testing::HasSubstr;

TEST_F(Course, BeginsAtOnce) {
  EXPECT_LT(course_.next_deadline(), kNow);
  EXPECT_EQ("connect", connect());
  EXPECT_EQ(StreamPhase::kConnecting, course_.phase());
  EXPECT_EQ(kNow + 10s, course_.next_deadline());
}

TEST_F(Course, VoiceLeavesOnlyAfterTheWelcome) {
  EXPECT_EQ("connect", connect());
  EXPECT_FALSE(course_.may_send());
  EXPECT_EQ("hello an@lobby ", connected());
  EXPECT_FALSE(course_.may_send());
  EXPECT_FALSE(course_.may_hear());
  EXPECT_EQ("welcome to lobby", welcome());
  EXPECT_TRUE(course_.may_send());
  EXPECT_TRUE(course_.may_hear());
  EXPECT_EQ(base::Time::max(), course_.next_deadline()) << "keepalive is gRPC's";
}

TEST_F(Course, NameConnectionAndWelcomeTogetherHaveTenSeconds) {
  EXPECT_EQ("connect", connect());
  now_ += 9s;
  EXPECT_EQ("hello an@lobby ", connected());
  EXPECT_EQ(kNow + 10s, course_.next_deadline());
  EXPECT_EQ("cancel", deadline());
  EXPECT_EQ("nothing", welcome()) << "too late";
  EXPECT_THAT(ended(absl::StatusCode::kCancelled),
              HasSubstr("closed: example.org:4000 gave no answer within 10 s"));
  EXPECT_EQ(StreamPhase::kClosed, course_.phase());
}

TEST_F(Course, BeforeTheFirstWelcomeEveryEndIsTheLast) {
  EXPECT_EQ("connect", connect());
  EXPECT_THAT(ended(absl::StatusCode::kUnavailable, "Connection refused"),
              HasSubstr("closed: example.org:4000 refuses connections"));
}

TEST_F(Course, ProvesItsKeyBetweenHelloAndWelcomeAndAtNoOtherTime) {
  StreamCourse::Options its = options();
  its.hello.key = std::string(32, 'k');
  StreamCourse course(its, Reconnect(Backoff({}, [] { return 0.5; })));
  const auto nonce = [&] { return words(course.on_nonce("nonce", "")); };
  EXPECT_EQ("nothing", nonce());
  EXPECT_EQ("connect", words(course.on_deadline(now_)));
  EXPECT_EQ("hello an@lobby ", words(course.on_connected({"lobby"})));
  EXPECT_THAT(nonce(), HasSubstr("prove"));
  EXPECT_EQ("welcome to ", words(course.on_welcome({})));
  EXPECT_EQ("nothing", nonce());
}

TEST_F(Course, HasNothingToProveWithoutAKey) {
  EXPECT_EQ("connect", connect());
  EXPECT_EQ("hello an@lobby ", connected());
  EXPECT_EQ("nothing", words(course_.on_nonce("nonce", "")));
}

TEST_F(Course, ASecondWelcomeIsNotAskedFor) {
  establish();
  EXPECT_EQ("nothing", welcome());
}

TEST_F(Course, WhatAnswersInAnotherProtocolIsCancelledAndNotTriedAgain) {
  EXPECT_EQ("connect", connect());
  EXPECT_EQ("hello an@lobby ", connected());
  EXPECT_EQ("cancel", words(course_.on_malformed()));
  EXPECT_THAT(ended(absl::StatusCode::kCancelled), HasSubstr("but not comcat's"));
}

TEST_F(Course, AMalformedMessageInACallIsPassedOver) {
  establish();
  EXPECT_EQ("nothing", words(course_.on_malformed()));
  EXPECT_EQ(StreamPhase::kEstablished, course_.phase());
}

TEST_F(Course, ALostCallComesBackWithItsKeyToTheRoomThatIsAskedFor) {
  establish();
  EXPECT_THAT(lost(), HasSubstr("interrupted: the connection to example.org:4000 was lost"));
  EXPECT_EQ(now_ + 125ms, course_.next_deadline()) << "half of the first wait";
  EXPECT_FALSE(course_.may_send());
  EXPECT_EQ("connect", deadline());
  EXPECT_EQ("nothing", lost()) << "one notice per outage";
  EXPECT_EQ(now_ + 250ms, course_.next_deadline());
  EXPECT_EQ("connect", deadline());
  EXPECT_EQ("hello an@cellar key", connected("cellar"));
  EXPECT_EQ("welcome to lobby", welcome("another key"));
  now_ += 1min;
  EXPECT_THAT(lost(), HasSubstr("interrupted")) << "the next outage";
  EXPECT_EQ(now_ + 125ms, course_.next_deadline());
  EXPECT_EQ("connect", deadline());
  EXPECT_EQ("hello an@cellar another key", connected("cellar"));
}

TEST_F(Course, ANameThatWasTakenInAnOutageIsNumbered) {
  establish();
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("connect", deadline());
  EXPECT_EQ("hello an@lobby key", connected());
  EXPECT_EQ("interrupted: example.org:4000 refused: an is here",
            ended(absl::StatusCode::kAlreadyExists, "an is here"));
  EXPECT_EQ("connect", deadline());
  EXPECT_EQ("hello an 2@lobby key", connected());
  EXPECT_EQ("nothing", ended(absl::StatusCode::kAlreadyExists, "an 2 is here"));
  EXPECT_EQ("connect", deadline());
  EXPECT_EQ("hello an 3@lobby key", connected());
  EXPECT_EQ("welcome to lobby", welcome());
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("connect", deadline());
  EXPECT_EQ("hello an@lobby key", connected()) << "his own, if it is free again";
}

TEST_F(Course, ANameThatIsTakenAtTheFirstHelloIsTheEnd) {
  EXPECT_EQ("connect", connect());
  EXPECT_EQ("hello an@lobby ", connected());
  EXPECT_EQ("closed: example.org:4000 refused: an is here",
            ended(absl::StatusCode::kAlreadyExists, "an is here"));
}

TEST_F(Course, AServerThatIsSilentInAnOutageIsTriedAgain) {
  establish();
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("connect", deadline());
  EXPECT_EQ("cancel", deadline());
  EXPECT_EQ("nothing", ended(absl::StatusCode::kCancelled));
  EXPECT_EQ(StreamPhase::kWaiting, course_.phase());
}

TEST_F(Course, WhoIsThrownOutStaysOut) {
  establish();
  EXPECT_THAT(ended(absl::StatusCode::kPermissionDenied, "banned"), HasSubstr("closed: "));
  EXPECT_EQ(base::Time::max(), course_.next_deadline());
}

TEST_F(Course, ACertificateThatIsNotTrustedIsTheEndThoughTheCallWasEstablishedBefore) {
  establish();
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("connect", deadline());
  const StreamCourse::End refused{absl::UnavailableError("certificate not trusted"), "CHANGED"};
  EXPECT_EQ("closed: CHANGED", words(course_.on_end(refused, now_)));
}

TEST_F(Course, LeavingSendsWhatIsQueuedThenSaysGoodbye) {
  establish();
  EXPECT_EQ("nothing", words(course_.on_drained())) << "nobody leaves";
  EXPECT_EQ("nothing", words(course_.leave(now_)));
  EXPECT_TRUE(course_.may_send());
  EXPECT_EQ("half-close", words(course_.on_drained()));
  EXPECT_FALSE(course_.may_send());
  EXPECT_TRUE(course_.may_hear()) << "answers that are under way";
  EXPECT_EQ("nothing", words(course_.on_drained()));
  EXPECT_EQ("closed", ended(absl::StatusCode::kOk));
}

TEST_F(Course, AGoodbyeHasTwoSecondsHoweverOftenItIsAskedFor) {
  establish();
  EXPECT_EQ("nothing", words(course_.leave(now_)));
  now_ += 1s;
  EXPECT_EQ("nothing", words(course_.leave(now_)));
  EXPECT_EQ("half-close", words(course_.on_drained()));
  EXPECT_EQ(kNow + 2s, course_.next_deadline());
  EXPECT_EQ("cancel", deadline());
  EXPECT_EQ("closed", ended(absl::StatusCode::kCancelled));
}

TEST_F(Course, WhoLeavesAndLosesTheConnectionHasLeft) {
  establish();
  EXPECT_EQ("nothing", words(course_.leave(now_)));
  EXPECT_EQ("closed", lost());
}

TEST_F(Course, LeavingWithoutACallTakesNoTime) {
  establish();
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("closed", words(course_.leave(now_)));
}

TEST_F(Course, LeavingWhileConnectingCancelsAndIsNoFailure) {
  EXPECT_EQ("connect", connect());
  EXPECT_EQ("cancel", words(course_.leave(now_)));
  EXPECT_EQ("nothing", connected()) << "the connection came in the same moment";
  EXPECT_EQ("closed", ended(absl::StatusCode::kCancelled));
}

TEST_F(Course, HangingUpWaitsForNoGoodbye) {
  establish();
  EXPECT_EQ("cancel", words(course_.hang_up()));
  EXPECT_EQ("nothing", words(course_.hang_up()));
  EXPECT_FALSE(course_.may_hear());
  EXPECT_EQ("closed", ended(absl::StatusCode::kCancelled));
}

/// A course with two servers to go to.
class CourseOfSeveral : public Course {
 protected:
  CourseOfSeveral() {
    StreamCourse::Options two = options();
    two.others = {{"example.net", 4001}};
    course_of_two_ =
        std::make_unique<StreamCourse>(two, Reconnect(Backoff({}, [] { return 0.5; })));
  }
  std::string next() {
    now_ = std::max(now_, course_of_two_->next_deadline());
    return words(course_of_two_->on_deadline(now_)) + " " + course_of_two_->address().host;
  }
  std::string fails(absl::StatusCode code, const std::string& text) {
    return words(course_of_two_->on_end(end(code, text), now_));
  }
  std::string greets() { return words(course_of_two_->on_connected({"lobby"})); }
  std::string welcomed() {
    wire::Welcome welcome;
    welcome.room = "lobby";
    welcome.resume_key = "key";
    return words(course_of_two_->on_welcome(welcome));
  }

  std::unique_ptr<StreamCourse> course_of_two_;
};

TEST_F(CourseOfSeveral, ThoseThatDoNotAnswerAreTriedInTurnAtOnce) {
  EXPECT_EQ("connect example.org", next());
  EXPECT_EQ("nothing", fails(absl::StatusCode::kUnavailable, "Connection refused"));
  EXPECT_EQ("connect example.net", next());
  EXPECT_EQ(kNow, now_);
  EXPECT_EQ("hello an@lobby ", greets());
  EXPECT_EQ("welcome to lobby", welcomed());
}

TEST_F(CourseOfSeveral, WhereNoneTakesTheCallEachIsTold) {
  EXPECT_EQ("connect example.org", next());
  EXPECT_EQ("nothing", fails(absl::StatusCode::kUnavailable, "Connection refused"));
  EXPECT_EQ("connect example.net", next());
  EXPECT_EQ(
      "closed: no server of 2 takes the call: example.org:4000 refuses connections; "
      "example.net:4001: the server is full",
      fails(absl::StatusCode::kResourceExhausted, "the server is full"));
}

TEST_F(CourseOfSeveral, ARefusalIsTheEnd) {
  EXPECT_EQ("connect example.org", next());
  EXPECT_THAT(fails(absl::StatusCode::kUnauthenticated, "the passcode is wrong"),
              HasSubstr("closed: example.org:4000 refused: the passcode is wrong"));
}

TEST_F(CourseOfSeveral, InAnOutageTheSameComesFirstAndNoOtherIsShownItsKey) {
  EXPECT_EQ("connect example.org", next());
  EXPECT_EQ("hello an@lobby ", greets());
  EXPECT_EQ("welcome to lobby", welcomed());
  EXPECT_THAT(fails(absl::StatusCode::kUnavailable, "gone"), HasSubstr("interrupted"));
  EXPECT_EQ("connect example.org", next());
  EXPECT_EQ("hello an@lobby key", greets());
  EXPECT_EQ("nothing", fails(absl::StatusCode::kUnavailable, "gone"));
  EXPECT_EQ("connect example.net", next());
  EXPECT_EQ("hello an@lobby ", greets());
  EXPECT_EQ("nothing", fails(absl::StatusCode::kUnavailable, "gone"));
  EXPECT_EQ("connect example.org", next());
  EXPECT_EQ("hello an@lobby key", greets());
}

// Events in any order, as a completion queue may bring them: never a step off the table, and
// whoever hangs up is let go.
TEST_F(Course, NoOrderOfEventsLeadsOffTheTable) {
  std::mt19937 random(7);  // NOLINT: the same events in every run
  const std::array<std::function<StreamCourse::Action(StreamCourse&)>, 11> kEvents = {
      [&](StreamCourse& c) { return c.on_deadline(now_); },
      [&](StreamCourse& c) { return c.on_deadline(now_); },
      [](StreamCourse& c) { return c.on_connected({"lobby"}); },
      [](StreamCourse& c) { return c.on_connected({"lobby"}); },
      [](StreamCourse& c) { return c.on_welcome({}); },
      [](StreamCourse& c) { return c.on_welcome({}); },
      [](StreamCourse& c) { return c.on_nonce("nonce", ""); },
      [](StreamCourse& c) { return c.on_malformed(); },
      [](StreamCourse& c) { return c.on_drained(); },
      [&](StreamCourse& c) { return c.on_end(end(absl::StatusCode::kUnavailable, ""), now_); },
      [&](StreamCourse& c) { return random() % 4 == 0 ? c.leave(now_) : c.on_drained(); },
  };
  for (int story = 0; story < 500; ++story) {
    StreamCourse course(options(), Reconnect(Backoff({}, [] { return 0.5; })));
    for (int step = 0; step < 40; ++step) {
      const StreamPhase before = course.phase();
      now_ += 100ms;
      static_cast<void>(kEvents[random() % kEvents.size()](course));
      if (course.phase() == before) continue;
      ASSERT_TRUE(may_follow(before, course.phase()))
          << static_cast<int>(before) << " to " << static_cast<int>(course.phase());
    }
    static_cast<void>(course.hang_up());
    static_cast<void>(course.on_end(end(absl::StatusCode::kCancelled, ""), now_));
    ASSERT_EQ(StreamPhase::kClosed, course.phase());
  }
}

}  // namespace
}  // namespace comcat::transport
