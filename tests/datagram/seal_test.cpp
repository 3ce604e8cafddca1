#include "comcat/datagram/seal.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::datagram {
namespace {

constexpr std::uint32_t kConnection = 77;

Keys some_keys() {
  return Keys::of("0123456789abcdef", "saltsaltsalt").value();
}

std::vector<std::byte> sealed(Sealer& sealer, std::string_view body, Type type = Type::kVoice) {
  std::vector<std::byte> out(kMaxDatagramBytes);
  out.resize(sealer.seal(type, body, out));
  return out;
}

/// The body; nothing where the datagram does not authenticate.
std::optional<std::string> opened(Opener& opener, Bytes datagram) {
  const std::optional<Header> header = parse_header(datagram);
  if (!header) return std::nullopt;
  const std::optional<std::string_view> body = opener.open(*header, datagram);
  if (!body) return std::nullopt;
  return std::string(*body);
}

TEST(Seal, WhatIsSealedIsOpened) {
  Sealer sealer(some_keys(), kConnection, 3);
  Opener opener(some_keys(), kConnection, 3);
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{80}, kMaxBodyBytes}) {
    const std::string body(bytes, 'v');
    const auto datagram = sealed(sealer, body);
    EXPECT_EQ(bytes + kOverheadBytes, datagram.size());
    EXPECT_EQ(body, opened(opener, datagram));
  }
}

TEST(Seal, EachDatagramHasACounterOfItsOwnAndLooksDifferent) {
  Sealer sealer(some_keys(), kConnection, 0);
  const auto first = sealed(sealer, "the same");
  const auto second = sealed(sealer, "the same");
  EXPECT_EQ(0U, parse_header(first)->counter);
  EXPECT_EQ(1U, parse_header(second)->counter);
  EXPECT_EQ(2U, sealer.next_counter());
  EXPECT_NE(as_text(first).substr(kHeaderBytes), as_text(second).substr(kHeaderBytes));
}

TEST(Seal, ADatagramWithAnyBitChangedDoesNotOpen) {
  Sealer sealer(some_keys(), kConnection, 0);
  Opener opener(some_keys(), kConnection, 0);
  const auto datagram = sealed(sealer, "voice", Type::kProbe);
  for (std::size_t bit = 0; bit < datagram.size() * 8; ++bit) {
    auto changed = datagram;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(opened(opener, changed)) << bit;
  }
  EXPECT_TRUE(opened(opener, datagram)) << "failures must not break the opener";
}

TEST(Seal, ATruncatedOrLengthenedDatagramDoesNotOpen) {
  Sealer sealer(some_keys(), kConnection, 0);
  Opener opener(some_keys(), kConnection, 0);
  const auto datagram = sealed(sealer, "some voice");
  for (std::size_t bytes = 0; bytes < datagram.size(); ++bytes) {
    EXPECT_FALSE(opened(opener, Bytes(datagram).first(bytes))) << bytes;
  }
  auto longer = datagram;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(opened(opener, longer));
}

TEST(Seal, AnotherConnectionEpochKeyOrSaltDoesNotOpenIt) {
  Sealer sealer(some_keys(), kConnection, 0);
  const auto datagram = sealed(sealer, "voice");
  Opener another_connection(some_keys(), kConnection + 1, 0);
  Opener another_epoch(some_keys(), kConnection, 1);
  Opener another_key(*Keys::of("0123456789abcdeF", "saltsaltsalt"), kConnection, 0);
  Opener another_salt(*Keys::of("0123456789abcdef", "saltsaltsalT"), kConnection, 0);
  for (Opener* opener : {&another_connection, &another_epoch, &another_key, &another_salt}) {
    EXPECT_FALSE(opened(*opener, datagram));
  }
}

TEST(Seal, WhatDoesNotFitIsNotSealedAndUsesNoCounter) {
  Sealer sealer(some_keys(), kConnection, 0);
  std::array<std::byte, kMaxDatagramBytes> out{};
  EXPECT_EQ(0U, sealer.seal(Type::kVoice, "", out));
  EXPECT_EQ(0U, sealer.seal(Type::kVoice, std::string(kMaxBodyBytes + 1, 'x'), out));
  EXPECT_EQ(0U, sealer.seal(Type::kVoice, "abc", std::span(out).first(kOverheadBytes + 2)));
  EXPECT_EQ(0U, sealer.next_counter());
}

TEST(Seal, OpenSslsOwnAnswerForAKnownNonce) {
  // Salt xor counter 0 is the salt: what AES-128-GCM makes of key, nonce and header by itself. From
  // `cryptography` 38 (Python): AESGCM(key).encrypt(salt, b"voice", header).
  Sealer sealer(some_keys(), kConnection, 0);
  const auto datagram = sealed(sealer, "voice");
  std::string hex;
  for (const std::byte byte : Bytes(datagram).subspan(kHeaderBytes)) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[std::to_integer<unsigned>(byte) >> 4];
    hex += kDigits[std::to_integer<unsigned>(byte) & 15];
  }
  EXPECT_EQ("4ea607ed1d80fdb4c47d0e251e86ce638093d02354", hex);
}

TEST(Keys, RandomOnesDifferAndComeBackFromTheirTexts) {
  const Keys keys = Keys::random().value();
  const Keys others = Keys::random().value();
  EXPECT_NE(keys.key(), others.key());
  EXPECT_NE(keys.salt(), others.salt());
  const Keys again = Keys::of(keys.key_text(), keys.salt_text()).value();
  EXPECT_EQ(keys.key(), again.key());
  EXPECT_EQ(keys.salt(), again.salt());
}

TEST(Keys, OnesOfAnotherLengthAreNone) {
  EXPECT_FALSE(Keys::of("", ""));
  EXPECT_FALSE(Keys::of("0123456789abcde", "saltsaltsalt"));
  EXPECT_FALSE(Keys::of("0123456789abcdef", "saltsaltsalt1"));
}

}  // namespace
}  // namespace comcat::datagram
