#include "comcat/load/join_failure.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::load {
namespace {

using enum absl::StatusCode;

transport::StreamEnd end_with(absl::StatusCode code, const std::string& message, bool tls = true) {
  transport::StreamEnd end;
  end.address = {"example.org", 4000};
  end.tls = tls;
  end.code = code;
  end.message = message;
  return end;
}

std::string sentence(const transport::StreamEnd& end, std::size_t in) {
  return std::string(join_failure(end, in, 60).message());
}

TEST(JoinFailure, TheFirstIsToldWhatAClientIsTold) {
  for (const transport::StreamEnd& end :
       {end_with(kUnauthenticated, "the passcode is wrong"),
        end_with(kPermissionDenied, "too many wrong passcodes; try again in 300 s"),
        end_with(kUnimplemented, ""), end_with(kUnavailable, "last error: Connection refused"),
        end_with(kUnavailable, "Tls handshake failed: wrong version number"),
        end_with(kUnavailable, "Socket closed", /*tls=*/false)}) {
    EXPECT_EQ(to_text(classify(end)), sentence(end, 0));
  }
}

TEST(JoinFailure, TheCodeSaysWhatKindItIs) {
  EXPECT_EQ(kInvalidArgument, join_failure(end_with(kInvalidArgument, "no"), 0, 60).code());
  EXPECT_EQ(kPermissionDenied, join_failure(end_with(kUnauthenticated, "no"), 0, 60).code());
  EXPECT_EQ(kResourceExhausted, join_failure(end_with(kResourceExhausted, "no"), 0, 60).code());
  EXPECT_EQ(kUnavailable, join_failure(end_with(kUnavailable, "no"), 0, 60).code());
}

TEST(JoinFailure, WhereSomeAreInTheirNumberIsTold) {
  EXPECT_EQ(
      "50 of 60 clients are in; example.org:4000: the server is full; give comcat-server a "
      "larger --max_clients (or --max_clients_per_address)",
      sentence(end_with(kResourceExhausted, "the server is full"), 50));
  EXPECT_EQ(
      "9 of 60 clients are in; example.org:4000 refused: too many wrong passcodes; try again in "
      "300 s",
      sentence(end_with(kPermissionDenied, "too many wrong passcodes; try again in 300 s"), 9));
}

TEST(JoinFailure, WhereSomeAreInTheAddressIsNotToBlame) {
  EXPECT_EQ(
      "50 of 60 clients are in; the next was turned away (Socket closed); comcat-server's "
      "--max_connections_per_address may be too small",
      sentence(end_with(kUnavailable, "Socket closed"), 50));
  transport::StreamEnd silence = end_with(kUnavailable, "");
  silence.timed_out = true;
  EXPECT_EQ("50 of 60 clients are in; the next got no answer within 10 s; try fewer --clients",
            sentence(silence, 50));
  EXPECT_EQ(to_text(classify(silence)), sentence(silence, 0));
}

TEST(JoinFailure, OneWhoWasInHasLostItsConnection) {
  transport::StreamEnd end = end_with(kUnavailable, "Socket closed");
  end.welcomed = true;
  EXPECT_EQ(
      "50 of 60 clients are in; the connection to example.org:4000 was lost; look "
      "into the server's log",
      sentence(end, 50));
}

TEST(JoinFailure, NoFlagIsNamedThatOnlyTheClientHas) {
  EXPECT_EQ(
      "example.org:4000 refused: somebody in the room load-7-0 goes by the name load-7-0; wait "
      "until that comcat-load has ended",
      sentence(end_with(kAlreadyExists,
                        "somebody in the room load-7-0 goes by the name load-7-0; choose another"),
               0));
  transport::StreamEnd end = end_with(kResourceExhausted, "disconnected for sending too much");
  end.welcomed = true;
  EXPECT_EQ(std::string::npos, sentence(end, 60).find("--frame_ms")) << sentence(end, 60);
}

}  // namespace
}  // namespace comcat::load
