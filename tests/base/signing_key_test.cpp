#include "comcat/base/signing_key.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace comcat::base {
namespace {

/// RFC 8032, section 7.1, test 2.
constexpr const char* kPublic = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr const char* kSignature =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

std::string from_hex(const char* hex) {
  return absl::HexStringToBytes(hex);
}

TEST(SigningKey, KnowsWhatTheStandardsExampleSigns) {
  EXPECT_TRUE(has_signed(from_hex(kPublic), "\x72", from_hex(kSignature)));
  EXPECT_FALSE(has_signed(from_hex(kPublic), "\x73", from_hex(kSignature)));
}

TEST(SigningKey, SignsWhatItsPublicKeyVouchesForAndNoOther) {
  const SigningKey one = SigningKey::make();
  const SigningKey other = SigningKey::make();
  const std::string signature = one.sign("hello");
  EXPECT_TRUE(has_signed(one.public_key(), "hello", signature));
  EXPECT_FALSE(has_signed(one.public_key(), "hellp", signature));
  EXPECT_FALSE(has_signed(other.public_key(), "hello", signature));
}

TEST(SigningKey, IsTheSameAfterItsFile) {
  const SigningKey key = SigningKey::make();
  const auto again = SigningKey::from_pem(key.to_pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(key.public_key(), again->public_key());
  EXPECT_EQ(key.sign("hello"), again->sign("hello"));
}

TEST(SigningKey, OfBytesThatAreNoneThereIsNone) {
  EXPECT_FALSE(SigningKey::from_pem(""));
  EXPECT_FALSE(
      SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  std::string cut = SigningKey::make().to_pem();
  cut.resize(cut.size() / 2);
  EXPECT_FALSE(SigningKey::from_pem(cut));
}

TEST(SigningKey, AKeyForWhichAnybodyCanSignHasSignedNothing) {
  // Points whose order divides 8: with S = 0 and such an R, a signature is good for one text in
  // eight at least.
  const std::vector<std::string> points{
      from_hex("0000000000000000000000000000000000000000000000000000000000000000"),
      from_hex("0000000000000000000000000000000000000000000000000000000000000080"),
      from_hex("0100000000000000000000000000000000000000000000000000000000000000"),
      from_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
      from_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
      from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
      from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
      from_hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
      from_hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
      from_hex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  };
  for (const std::string& key : points) {
    for (const std::string& r : points) {
      for (char text = 'a'; text <= 'p'; ++text) {
        EXPECT_FALSE(has_signed(key, std::string(1, text), r + std::string(32, '\0')))
            << absl::BytesToHexString(key) << " by " << absl::BytesToHexString(r);
      }
    }
  }
}

TEST(SigningKey, KeysAndSignaturesOfWrongSizesHaveSignedNothing) {
  const SigningKey key = SigningKey::make();
  const std::string signature = key.sign("hello");
  EXPECT_FALSE(has_signed("", "hello", signature));
  EXPECT_FALSE(has_signed(key.public_key() + "x", "hello", signature));
  EXPECT_FALSE(has_signed(key.public_key(), "hello", ""));
  EXPECT_FALSE(has_signed(key.public_key(), "hello", signature + "x"));
}

TEST(SigningKey, IsCalledByAShortFingerprint) {
  EXPECT_EQ("key:ba7816bf8f01cfea", key_fingerprint("abc"));
  EXPECT_NE(key_fingerprint("one"), key_fingerprint("other"));
}

}  // namespace
}  // namespace comcat::base
