// What needs no network: when to try again, what failed, what waits.

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/transport/address.h"
#include "comcat/transport/backoff.h"
#include "comcat/transport/failure.h"
#include "comcat/transport/reconnect.h"
#include "comcat/transport/send_queue.h"

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr base::Time kNow = base::Time(1h);

// ---- Backoff

std::vector<milliseconds> waits(double random, int count) {
  Backoff backoff({}, [random] { return random; });
  std::vector<milliseconds> out;
  for (int i = 0; i < count; ++i) {
    out.push_back(std::chrono::round<milliseconds>(backoff.next(kNow) - kNow));
  }
  return out;
}

TEST(Backoff, GrowsFromHalfASecondToTen) {
  const std::vector<milliseconds> longest{500ms,  1000ms,   2000ms,  4000ms,
                                          8000ms, 10'000ms, 10'000ms};
  EXPECT_EQ(longest, waits(0.99999, 7));
}

TEST(Backoff, IsDrawnFromTheWholeIntervalSoThatThousandsDoNotComeAtOnce) {
  EXPECT_EQ((std::vector<milliseconds>{0ms, 0ms, 0ms}), waits(0, 3));
  EXPECT_EQ((std::vector<milliseconds>{125ms, 250ms, 500ms}), waits(0.25, 3));
}

TEST(Backoff, BeginsAnewAfterAnOutage) {
  Backoff backoff({}, [] { return 0.5; });
  for (int i = 0; i < 5; ++i) static_cast<void>(backoff.next(kNow));
  backoff.reset();
  EXPECT_EQ(kNow + 250ms, backoff.next(kNow));
}

// ---- Reconnect

Reconnect reconnect() {
  return Reconnect(Backoff({}, [] { return 0.5; }));
}

Failure lost() {
  return {FailureKind::kUnreachable, "lost", true};
}
Failure refused() {
  return {FailureKind::kRefused, "refused", false};
}

TEST(Reconnect, WhoNeverGotInIsToldAtOnce) {
  EXPECT_FALSE(reconnect().on_end(lost(), kNow).retry_at);
}

TEST(Reconnect, ALostCallIsTriedAgainAndAnnouncedOncePerOutage) {
  Reconnect it = reconnect();
  it.on_welcome();
  const auto first = it.on_end(lost(), kNow);
  EXPECT_EQ(kNow + 250ms, first.retry_at);
  EXPECT_TRUE(first.announce);
  const auto second = it.on_end(lost(), kNow);
  EXPECT_EQ(kNow + 500ms, second.retry_at);
  EXPECT_FALSE(second.announce);
  it.on_welcome();
  const auto next_outage = it.on_end(lost(), kNow);
  EXPECT_EQ(kNow + 250ms, next_outage.retry_at);
  EXPECT_TRUE(next_outage.announce);
}

TEST(Reconnect, WhoIsToldToStayOutStaysOut) {
  Reconnect it = reconnect();
  it.on_welcome();
  EXPECT_TRUE(it.on_end(lost(), kNow).retry_at);
  EXPECT_FALSE(it.on_end(refused(), kNow).retry_at);
}

TEST(Reconnect, AServerThatFillsUpAfterARestartIsTriedAgain) {
  Reconnect it = reconnect();
  it.on_welcome();
  EXPECT_TRUE(it.on_end({FailureKind::kFull, "full", true}, kNow).retry_at);
}

// ---- failures

Failure failure(absl::StatusCode code, const std::string& message, bool tls = true) {
  StreamEnd end;
  end.address = {"example.org", 4000};
  end.tls = tls;
  end.code = code;
  end.message = message;
  return classify(end);
}

struct KnownFailure {
  absl::StatusCode code;
  const char* message;
  bool tls;
  FailureKind kind;
  bool worth_retrying;
  const char* sentence_part;
};

TEST(Classify, EachCauseHasItsKindAndSaysWhatToDo) {
  using enum absl::StatusCode;
  const KnownFailure kFailures[] = {
      {kUnauthenticated, "the passcode is wrong", true, FailureKind::kRefused, false,
       "check the passcode"},
      {kPermissionDenied, "banned", true, FailureKind::kRefused, false, "ask whoever runs"},
      {kAlreadyExists, "an is taken", true, FailureKind::kRefused, false, "another --name"},
      {kInvalidArgument, "the name is empty", true, FailureKind::kUsage, false, "name is empty"},
      {kResourceExhausted, "all 10 slots are taken", true, FailureKind::kFull, true, "later"},
      {kUnimplemented, "", true, FailureKind::kUnreachable, false, "but not comcat's"},
      {kUnavailable, "DNS resolution failed for example.org:4000", true, FailureKind::kUnreachable,
       true, "does not resolve"},
      {kUnavailable, "failed to connect; last error: Connection refused", true,
       FailureKind::kUnreachable, true, "refuses connections"},
      {kUnavailable, "Ssl handshake failed: wrong version number", true, FailureKind::kUnreachable,
       true, "--insecure too"},
      {kUnavailable, "Socket closed", false, FailureKind::kUnreachable, true,
       "leave out --insecure"},
      {kUnavailable, "never seen \x1b[31mbefore", true, FailureKind::kUnreachable, true,
       "cannot be reached (never seen \xEF\xBF\xBD[31mbefore)"},
  };
  for (const KnownFailure& known : kFailures) {
    const Failure got = failure(known.code, known.message, known.tls);
    EXPECT_EQ(known.kind, got.kind) << known.message;
    EXPECT_EQ(known.worth_retrying, got.worth_retrying) << known.message;
    EXPECT_NE(std::string::npos, got.sentence.find(known.sentence_part)) << got.sentence;
    EXPECT_NE(std::string::npos, got.sentence.find("example.org")) << got.sentence;
    EXPECT_EQ(std::string::npos, got.sentence.find('\n')) << got.sentence;
  }
}

TEST(Classify, AServersAdviceIsNotFollowedByAnotherOne) {
  using enum absl::StatusCode;
  EXPECT_EQ("example.org:4000 refused: too many wrong passcodes; try again in 300 s",
            failure(kPermissionDenied, "too many wrong passcodes; try again in 300 s").sentence);
  EXPECT_EQ(
      "example.org:4000 refused: somebody goes by the name an; start again with another "
      "--name",
      failure(kAlreadyExists, "somebody goes by the name an; choose another").sentence);
  EXPECT_EQ("example.org:4000: the server has all the rooms it may have; join another",
            failure(kResourceExhausted, "the server has all the rooms it may have; join another")
                .sentence);
}

TEST(Classify, AConnectionThatIsLostIsNoWrongAddress) {
  StreamEnd end;
  end.address = {"example.org", 4000};
  end.welcomed = true;
  end.code = absl::StatusCode::kUnavailable;
  end.message = "Connection refused";
  EXPECT_EQ("the connection to example.org:4000 was lost (Connection refused)",
            classify(end).sentence);
}

TEST(Classify, WhoIsSentAwayForSendingTooMuchDoesNotComeBackToDoItAgain) {
  StreamEnd end;
  end.address = {"example.org", 4000};
  end.welcomed = true;
  end.code = absl::StatusCode::kResourceExhausted;
  end.message = "disconnected for sending more frames a second than this server takes";
  const Failure got = classify(end);
  EXPECT_EQ(FailureKind::kRefused, got.kind);
  EXPECT_FALSE(got.worth_retrying);
  EXPECT_NE(std::string::npos, got.sentence.find("; try a longer --frame_ms")) << got.sentence;
}

// ---- addresses

TEST(Address, ComesInEveryUsualForm) {
  const std::pair<const char*, const char*> kForms[] = {
      {"example.org", "example.org:50051"},
      {"Example.ORG:4000", "example.org:4000"},
      {"192.0.2.1", "192.0.2.1:50051"},
      {"192.0.2.1:1", "192.0.2.1:1"},
      {"::1", "[::1]:50051"},
      {"[2001:db8::1]:65535", "[2001:db8::1]:65535"},
      {"[::1]", "[::1]:50051"},
      {"my_host-2:99", "my_host-2:99"},
  };
  for (const auto& [text, shown] : kForms) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(shown, to_string(*address));
  }
}

TEST(Address, AnythingElseIsRefusedInOneSafeSentence) {
  for (const char* const text :
       {"", ":4000", "host:", "host:0", "host:65536", "host:-1", "host:4000x", "a b", "a:1:2",
        "[::1", "[::1]4000", "[host]:1", "-x", "h\x1b[31m", "https://example.org", "xn\xC3\xA4"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(absl::StatusCode::kInvalidArgument, address.status().code());
    const std::string sentence(address.status().message());
    EXPECT_EQ(std::string::npos, sentence.find_first_of("\n\x1b"));
  }
}

TEST(Address, ANulDoesNotEndIt) {
  EXPECT_FALSE(parse_address(std::string("::1\0.example.org", 16)).ok());
  EXPECT_FALSE(parse_address(std::string("[::1\0]:1", 8)).ok());
}

// ---- SendQueue

TEST(SendQueue, VoiceIsBoundedInMillisecondsAndTheOldestGoes) {
  SendQueue queue({.max_voice = 200ms});
  for (int i = 0; i < 500; ++i) queue.push_voice(std::to_string(i), 20ms, kNow);
  EXPECT_EQ(200ms, queue.queued_voice());
  EXPECT_EQ(490U, queue.dropped_voice_frames());
  EXPECT_EQ("490", queue.pop(true, kNow));
}

TEST(SendQueue, LongFramesCountAsWhatTheyLast) {
  SendQueue queue({.max_voice = 200ms});
  for (int i = 0; i < 5; ++i) queue.push_voice(std::to_string(i), 60ms, kNow);
  EXPECT_EQ(180ms, queue.queued_voice());
  EXPECT_EQ("2", queue.pop(true, kNow));
}

TEST(SendQueue, OldVoiceIsNotSentHoweverShort) {
  SendQueue queue({.max_voice = 200ms});
  queue.push_voice("old", 20ms, kNow);
  queue.push_voice("fresh", 20ms, kNow + 300ms);
  EXPECT_EQ("fresh", queue.pop(true, kNow + 301ms));
  EXPECT_EQ(1U, queue.dropped_voice_frames());
}

TEST(SendQueue, VoiceWaitsForTheWelcomeAndControlGoesFirst) {
  SendQueue queue({});
  queue.push_voice("voice", 20ms, kNow);
  EXPECT_FALSE(queue.pop(false, kNow));
  ASSERT_TRUE(queue.push_control("control").ok());
  EXPECT_EQ("control", queue.pop(true, kNow));
  EXPECT_EQ("voice", queue.pop(true, kNow));
  EXPECT_EQ(1U, queue.sent_voice_frames());
}

TEST(SendQueue, ControlIsRefusedWhenFullAndNeverDropped) {
  SendQueue queue({.max_control_messages = 2});
  ASSERT_TRUE(queue.push_control("1").ok());
  ASSERT_TRUE(queue.push_control("2").ok());
  EXPECT_EQ(absl::StatusCode::kResourceExhausted, queue.push_control("3").code());
  EXPECT_EQ("1", queue.pop(false, kNow));
  EXPECT_EQ("2", queue.pop(false, kNow));
  EXPECT_FALSE(queue.pop(false, kNow));
}

}  // namespace
}  // namespace comcat::transport
