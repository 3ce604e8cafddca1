#include "bus/envelope.h"

#include <gtest/gtest.h>

namespace comcat::bus {
namespace {

using Kind = Envelope::Kind;

TEST(Envelope, ComesOffAsItWasPutOn) {
  for (const Kind kind : {Kind::kMessage, Kind::kRequest, Kind::kAnswer}) {
    const Envelope envelope{kind, 0x0123456789ABCDEF, -5, kind == Kind::kMessage ? 0U : 77U};
    const std::string sealed = seal(envelope, "what is said");
    std::string_view rest = sealed;
    const auto opened = open(rest);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->kind, kind);
    EXPECT_EQ(opened->sender, envelope.sender);
    EXPECT_EQ(opened->stamp_us, -5);
    EXPECT_EQ(opened->request, envelope.request);
    EXPECT_EQ(rest, "what is said");
  }
}

TEST(Envelope, WhatIsCutShortIsNone) {
  const std::string sealed = seal({Kind::kRequest, 1, 2, 3}, "");
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    std::string_view bytes(sealed.data(), size);
    EXPECT_FALSE(open(bytes)) << size;
  }
}

TEST(Envelope, OfAnotherVersionOrKindOrOfNobodyIsNone) {
  for (const auto& [at, byte] : {std::pair{0, 2}, {1, 3}, {1, 255}}) {
    std::string sealed = seal({Kind::kRequest, 1, 2, 3}, "");
    sealed.at(static_cast<std::size_t>(at)) = static_cast<char>(byte);
    std::string_view bytes = sealed;
    EXPECT_FALSE(open(bytes));
  }
  const std::string nobody = seal({Kind::kMessage, 0, 2, 0}, "");
  std::string_view bytes = nobody;
  EXPECT_FALSE(open(bytes));
}

}  // namespace
}  // namespace comcat::bus
