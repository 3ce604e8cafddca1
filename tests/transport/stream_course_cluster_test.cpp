// How a client's stream comes back where its server has told of others.

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transport/course_story.h"

namespace comcat::transport {
namespace {

using ::testing::HasSubstr;

/// A course whose server has told of two others of its cluster.
class CourseInACluster : public Course {
 protected:
  std::string next() {
    now_ = std::max(now_, course_.next_deadline());
    return words(course_.on_deadline(now_)) + " " + course_.address().host;
  }
  std::string welcomed(const std::vector<wire::OtherServer>& others, const std::string& key) {
    wire::Welcome welcome;
    welcome.room = "lobby";
    welcome.resume_key = key;
    welcome.others = others;
    return words(course_.on_welcome(welcome));
  }
  void establish_in_cluster() {
    EXPECT_EQ("connect example.org", next());
    EXPECT_EQ("hello an@lobby ", connected());
    EXPECT_EQ("welcome to lobby", welcomed({{"one.net:1", ""}, {"two.net:2", ""}}, "key"));
  }
  std::string refused_by_certificate() {
    return words(course_.on_end({absl::UnavailableError("not trusted"), "CHANGED"}, now_));
  }
};

TEST_F(CourseInACluster, ALostCallComesBackByTurnsAtItselfAndTheOthersWithItsKey) {
  establish_in_cluster();
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  for (const char* const host : {"example.org", "one.net", "two.net", "example.org"}) {
    EXPECT_EQ("connect " + std::string(host), next());
    EXPECT_EQ("hello an@lobby key", connected());
    EXPECT_EQ("nothing", ended(absl::StatusCode::kUnavailable, "gone"));
  }
}

TEST_F(CourseInACluster, AServerThatEndsIsTriedLast) {
  establish_in_cluster();
  course_.on_event(wire::Draining{4000, true});
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("connect one.net", next());
  EXPECT_EQ("nothing", lost());
  EXPECT_EQ("connect two.net", next());
  EXPECT_EQ("nothing", lost());
  EXPECT_EQ("connect example.org", next());
}

TEST_F(CourseInACluster, WhatWasToldLastHoldsAndTheNamedServerStaysInTheList) {
  establish_in_cluster();
  course_.on_event(wire::OtherServers{{{"three.net:3", ""}}});
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("connect example.org", next());
  EXPECT_EQ("nothing", lost());
  EXPECT_EQ("connect three.net", next());
  EXPECT_EQ("hello an@lobby key", connected());
  EXPECT_EQ("welcome to lobby", welcomed({{"one.net:1", ""}}, "key of three"));
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("connect three.net", next());
  EXPECT_EQ("hello an@lobby key of three", connected());
  EXPECT_EQ("nothing", lost());
  EXPECT_EQ("connect one.net", next());
  EXPECT_EQ("hello an@lobby key of three", connected());
  EXPECT_EQ("nothing", lost());
  EXPECT_EQ("connect example.org", next());
  EXPECT_EQ("hello an@lobby ", connected()) << "three does not say that it is of its cluster";
}

TEST_F(CourseInACluster, AServerThatIsSilentIsNotWaitedForLong) {
  establish_in_cluster();
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  for (const auto patience : {4s, 4s, 4s, 8s, 8s, 8s, 10s, 10s}) {
    next();
    EXPECT_EQ(now_ + patience, course_.next_deadline());
    EXPECT_EQ("cancel", deadline());
    EXPECT_EQ("nothing", ended(absl::StatusCode::kCancelled));
  }
}

TEST_F(CourseInACluster, OneThatRefusesOrShowsAnotherCertificateIsPassedOverUntilNoneIsLeft) {
  establish_in_cluster();
  EXPECT_THAT(lost(), HasSubstr("interrupted"));
  EXPECT_EQ("connect example.org", next());
  EXPECT_EQ("nothing", lost());
  EXPECT_EQ("connect one.net", next());
  EXPECT_THAT(refused_by_certificate(), HasSubstr("interrupted: CHANGED"));
  EXPECT_EQ("connect two.net", next());
  EXPECT_EQ("nothing", ended(absl::StatusCode::kPermissionDenied, "banned"));
  EXPECT_EQ("connect example.org", next());
  EXPECT_THAT(ended(absl::StatusCode::kPermissionDenied, "banned"), HasSubstr("closed: "));
}

TEST_F(CourseInACluster, WhoIsThrownOutGoesToNoOther) {
  establish_in_cluster();
  EXPECT_THAT(ended(absl::StatusCode::kPermissionDenied, "banned"), HasSubstr("closed: "));
}

}  // namespace
}  // namespace comcat::transport
