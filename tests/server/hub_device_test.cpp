// Hellos that say which device they come from.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/base/signing_key.h"
#include "comcat/wire/hello_proof.h"

#include "server/house.h"

namespace comcat::server {
namespace {

using ::testing::HasSubstr;

constexpr const char* kCertificate = "SHA256:ours";

HubOptions with_certificate() {
  HubOptions options;
  options.certificate = kCertificate;
  return options;
}

/// What a client with `key` says to `person`'s stream, where it has seen `certificate`.
wire::Hello signed_hello(const Person& person, const base::SigningKey& key,
                         const std::string& certificate = kCertificate) {
  wire::Hello hello{"an", "lobby", "", wire::kFeatureVoiceBatch};
  hello.key = key.public_key();
  hello.signature = key.sign(wire::proof_text(hello, person.caller.device.nonce, certificate));
  return hello;
}

class Devices : public ::testing::Test {
 protected:
  House house_{with_certificate()};
  const base::SigningKey key_ = base::SigningKey::make();
};

TEST_F(Devices, AreKnownByTheKeyThatSignedTheHello) {
  Person& an = house_.connect();
  ASSERT_TRUE(house_.say_hello(an, signed_hello(an, key_)).ok());
  EXPECT_EQ(1U, an.welcomes.size());
  EXPECT_EQ(key_.public_key(), an.caller.device.key);
}

TEST_F(Devices, MaySignOnceTheyKnowTheNonceAndAreLetInThen) {
  Person& an = house_.connect();
  wire::Hello hello = signed_hello(an, key_);
  wire::Hello proof;
  std::swap(proof.signature, hello.signature);
  ASSERT_TRUE(house_.say_hello(an, hello).ok());
  EXPECT_TRUE(an.welcomes.empty());
  ASSERT_TRUE(house_.say_hello(an, proof).ok());
  EXPECT_EQ(1U, an.welcomes.size());
  EXPECT_EQ(key_.public_key(), an.caller.device.key);
}

TEST_F(Devices, WithoutAKeyAreLetInAsEver) {
  Person& an = house_.join("an");
  EXPECT_EQ("", an.caller.device.key);
}

TEST_F(Devices, AHelloThatSomebodyRecordedIsRefusedOnAnotherStream) {
  Person& an = house_.connect();
  const wire::Hello hello = signed_hello(an, key_);
  ASSERT_TRUE(house_.say_hello(an, hello).ok());
  house_.hang_up(an);
  Person& thief = house_.connect();
  const absl::Status status = house_.say_hello(thief, hello);
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("not for this connection"));
  EXPECT_EQ(0U, house_.hub.callers());
}

TEST_F(Devices, AHelloForAnotherServerIsRefused) {
  Person& an = house_.connect();
  EXPECT_TRUE(absl::IsPermissionDenied(
      house_.say_hello(an, signed_hello(an, key_, "SHA256:of another server"))));
}

TEST_F(Devices, AHelloForAnotherNameIsRefused) {
  Person& an = house_.connect();
  wire::Hello hello = signed_hello(an, key_);
  hello.name = "bo";
  EXPECT_TRUE(absl::IsPermissionDenied(house_.say_hello(an, hello)));
}

TEST_F(Devices, AHelloWithAnothersKeyIsRefused) {
  Person& an = house_.connect();
  wire::Hello hello = signed_hello(an, key_);
  hello.key = base::SigningKey::make().public_key();
  EXPECT_TRUE(absl::IsPermissionDenied(house_.say_hello(an, hello)));
}

TEST_F(Devices, KeysAndSignaturesThatAreNoneAreRefused) {
  Person& an = house_.connect();
  wire::Hello hello = signed_hello(an, key_);
  hello.signature.pop_back();
  EXPECT_TRUE(absl::IsInvalidArgument(house_.say_hello(an, hello)));
  Person& bo = house_.connect();
  hello = signed_hello(bo, key_);
  hello.key.clear();
  EXPECT_TRUE(absl::IsInvalidArgument(house_.say_hello(bo, hello)));
}

TEST_F(Devices, SpeakToNobodyBeforeTheirProof) {
  Person& an = house_.connect();
  wire::Hello hello = signed_hello(an, key_);
  hello.signature.clear();
  ASSERT_TRUE(house_.say_hello(an, hello).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(house_.speak(an)));
}

TEST_F(Devices, SayASecondHelloInPlaceOfTheirProofInVain) {
  Person& an = house_.connect();
  wire::Hello hello = signed_hello(an, key_);
  hello.signature.clear();
  ASSERT_TRUE(house_.say_hello(an, hello).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(house_.say_hello(an, hello)));
}

TEST_F(Devices, ThatGiveNoProofAreClosedAfterTheHellosTime) {
  Person& an = house_.connect();
  wire::Hello hello = signed_hello(an, key_);
  hello.signature.clear();
  ASSERT_TRUE(house_.say_hello(an, hello).ok());
  house_.pass(seconds(6));
  ASSERT_TRUE(an.closed);
  EXPECT_TRUE(absl::IsDeadlineExceeded(*an.closed));
}

TEST_F(Devices, MayHaveSeenTheCertificateThatWasRenewedMeanwhile) {
  Person& an = house_.connect();
  Person& late = house_.connect();
  house_.hub.renew_certificate("SHA256:renewed");
  EXPECT_TRUE(house_.say_hello(an, signed_hello(an, key_, "SHA256:renewed")).ok());
  wire::Hello hello{"bo", "lobby", "", wire::kFeatureVoiceBatch};
  hello.key = key_.public_key();
  hello.signature = key_.sign(wire::proof_text(hello, late.caller.device.nonce, kCertificate));
  EXPECT_TRUE(house_.say_hello(late, hello).ok());
}

}  // namespace
}  // namespace comcat::server
