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
      {kFailedPrecondition, "the device is not paired", true, FailureKind::kRefused, false,
       "refused: the device is not paired"},
      {kResourceExhausted, "all 10 slots are taken", true, FailureKind::kFull, true, "later"},
      {kResourceExhausted, "Received message larger than max (3145728 vs. 1048576)", true,
       FailureKind::kUnreachable, false, "ask whoever runs it what it is"},
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
    EXPECT_NE(std::string::npos, to_text(got).find(known.sentence_part)) << to_text(got);
    EXPECT_NE(std::string::npos, got.sentence.find("example.org")) << got.sentence;
    EXPECT_EQ(std::string::npos, got.sentence.find('\n')) << got.sentence;
  }
}

TEST(Classify, AZoneThatThisMachineDoesNotHaveIsNoNameThatIsMisspelt) {
  StreamEnd end;
  end.address = {"fe80::1%eth7", 4000};
  end.code = absl::StatusCode::kUnavailable;
  end.message = "DNS resolution failed: Name or service not known";
  EXPECT_EQ(
      "fe80::1%eth7 is at no network interface eth7 of this machine; name one that ip link shows, "
      "for a link-local address alone",
      to_text(classify(end)));
}

TEST(Classify, AServersAdviceIsNotFollowedByAnotherOne) {
  using enum absl::StatusCode;
  EXPECT_EQ("example.org:4000 refused: too many wrong passcodes; try again in 300 s",
            to_text(failure(kPermissionDenied, "too many wrong passcodes; try again in 300 s")));
  EXPECT_EQ(
      "example.org:4000 refused: somebody goes by the name an; start again with another "
      "--name",
      to_text(failure(kAlreadyExists, "somebody goes by the name an; choose another")));
  EXPECT_EQ("example.org:4000: the server has all the rooms it may have; join another",
            to_text(failure(kResourceExhausted,
                            "the server has all the rooms it may have; join another")));
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

/// Of a call that the server has ended.
Failure sent_away(const std::string& message,
                  absl::StatusCode code = absl::StatusCode::kResourceExhausted) {
  StreamEnd end;
  end.address = {"example.org", 4000};
  end.welcomed = true;
  end.code = code;
  end.message = message;
  return classify(end);
}

TEST(Classify, WhoIsSentAwayForWhatTheServerDoesNotUnderstandIsToldWhatThatWas) {
  for (const auto code :
       {absl::StatusCode::kInvalidArgument, absl::StatusCode::kFailedPrecondition}) {
    const Failure got = sent_away("a request\x1b that is no ClientREQ of calling.proto", code);
    EXPECT_EQ(FailureKind::kRefused, got.kind) << "it is no flag of ours";
    EXPECT_FALSE(got.worth_retrying);
    EXPECT_EQ(
        "example.org:4000 refused: a request\xEF\xBF\xBD that is no ClientREQ of calling.proto; "
        "use "
        "the same version of comcat on both ends",
        to_text(got));
  }
}

TEST(Classify, WhoIsSentAwayForSendingTooMuchDoesNotComeBackToDoItAgain) {
  const Failure got =
      sent_away("disconnected for sending more frames a second than this server takes");
  EXPECT_EQ(FailureKind::kRefused, got.kind);
  EXPECT_FALSE(got.worth_retrying);
  EXPECT_NE(std::string::npos, to_text(got).find("; try a longer --frame_ms")) << to_text(got);
}

TEST(Classify, TooManyBytesAreVoiceToo) {
  EXPECT_EQ(
      "try a longer --frame_ms or a lower --bitrate",
      sent_away("disconnected for sending more bytes a second than this server takes").advice);
}

TEST(Classify, WhoSendsTooManyCommandsIsNotToldAboutVoice) {
  const Failure got =
      sent_away("disconnected for sending more commands a second than this server takes");
  EXPECT_EQ("send commands more slowly", got.advice);
}

TEST(Classify, AMessageOver64KiBIsNotToldAboutVoice) {
  const Failure got = sent_away("Received message larger than max (70000 vs. 65536)");
  EXPECT_EQ("example.org:4000 refused: Received message larger than max (70000 vs. 65536)",
            got.sentence);
  EXPECT_EQ("ask whoever runs the server what it takes", got.advice);
}

TEST(Classify, ARoomNamedWithASemicolonIsToldWhole) {
  const Failure got = failure(absl::StatusCode::kAlreadyExists,
                              "somebody in the room a; b goes by the name an; choose another room "
                              "or another name");
  EXPECT_EQ("example.org:4000 refused: somebody in the room a; b goes by the name an",
            got.sentence);
  EXPECT_EQ("start again with another --name", got.advice);
}

TEST(Classify, ANameWithASemicolonTakesNobodysAdviceAway) {
  using enum absl::StatusCode;
  EXPECT_EQ("example.org:4000 refused: a; b has shown you the door; ask whoever runs the server",
            to_text(failure(kPermissionDenied, "a; b has shown you the door")));
  EXPECT_EQ("example.org:4000: the room a; b is full; try again later",
            to_text(failure(kResourceExhausted, "the room a; b is full")));
}

TEST(ServerWords, OnlyTheLastClauseMayBeAdvice) {
  const ServerWords words = server_words("the room x; try again is full; try again in 3 s");
  EXPECT_EQ("the room x; try again is full", words.sentence);
  EXPECT_EQ("try again in 3 s", words.advice);
  EXPECT_EQ("a; b", server_words("a; b").sentence);
  EXPECT_EQ("", server_words("a; b").advice);
  EXPECT_EQ("", server_words("").sentence);
}

}  // namespace
}  // namespace comcat::transport
