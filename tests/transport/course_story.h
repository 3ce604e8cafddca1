#pragma once

#include <algorithm>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "comcat/transport/stream_course.h"

/// What stories of a StreamCourse are told with.
namespace comcat::transport {

using namespace std::chrono_literals;

inline constexpr base::Time kNow = base::Time(1h);

/// An action as words.
struct Words {
  std::string operator()(std::monostate /*nothing*/) const { return "nothing"; }
  std::string operator()(const StreamCourse::Connect& /*action*/) const { return "connect"; }
  std::string operator()(const StreamCourse::SayHello& action) const {
    return "hello " + action.hello.name + "@" + action.hello.room + " " + action.hello.resume_key;
  }
  std::string operator()(const StreamCourse::Prove& action) const {
    return "prove " + std::to_string(action.text.size()) + " bytes";
  }
  std::string operator()(const StreamCourse::GiveWelcome& action) const {
    return "welcome to " + action.welcome.room;
  }
  std::string operator()(const StreamCourse::HalfClose& /*action*/) const { return "half-close"; }
  std::string operator()(const StreamCourse::Cancel& /*action*/) const { return "cancel"; }
  std::string operator()(const StreamCourse::GiveInterruption& action) const {
    return "interrupted: " + action.failure.sentence;
  }
  std::string operator()(const StreamCourse::GiveClosing& action) const {
    return action.failure ? "closed: " + action.failure->sentence : "closed";
  }
};

inline std::string words(const StreamCourse::Action& action) {
  return std::visit(Words{}, action);
}

inline StreamCourse::Options options() {
  StreamCourse::Options out;
  out.address = {"example.org", 4000};
  out.hello.name = "an";
  out.tls = false;
  out.connect_timeout = 10s;
  out.leave_timeout = 2s;
  return out;
}

inline StreamCourse::End end(absl::StatusCode code, const std::string& text) {
  return {{code, text}, ""};
}

/// A course, driven by hand; `now` moves as a story wants.
class Course : public ::testing::Test {
 protected:
  std::string connect() { return words(course_.on_deadline(now_)); }
  std::string connected(const std::string& room = "lobby") {
    return words(course_.on_connected({room}));
  }
  std::string welcome(const std::string& key = "key") {
    wire::Welcome welcome;
    welcome.room = "lobby";
    welcome.resume_key = key;
    return words(course_.on_welcome(welcome));
  }
  std::string deadline() {
    now_ = course_.next_deadline();
    return words(course_.on_deadline(now_));
  }
  std::string ended(absl::StatusCode code, const std::string& text = "") {
    return words(course_.on_end(end(code, text), now_));
  }
  std::string lost() { return ended(absl::StatusCode::kUnavailable, "gone"); }
  void establish() {
    EXPECT_EQ("connect", connect());
    EXPECT_EQ("hello an@lobby ", connected());
    EXPECT_EQ("welcome to lobby", welcome());
  }

  base::Time now_ = kNow;
  StreamCourse course_{options(), Reconnect(Backoff({}, [] { return 0.5; }))};
};

}  // namespace comcat::transport
