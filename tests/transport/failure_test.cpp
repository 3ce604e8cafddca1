#include "comcat/transport/failure.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

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

}  // namespace
}  // namespace comcat::transport
