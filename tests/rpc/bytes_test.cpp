#include "comcat/rpc/bytes.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace comcat::rpc {
namespace {

std::string text_of(const Contiguous& contiguous) {
  const std::span<const std::byte> bytes = contiguous.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Bytes, WhatIsMadeAMessageComesOutOfIt) {
  const std::string bytes("a\0b", 3);
  const std::optional<Contiguous> read = Contiguous::of(to_buffer(bytes));
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of(*read), bytes);
}

TEST(Bytes, AnEmptyMessageIsAMessage) {
  const std::optional<Contiguous> read = Contiguous::of(to_buffer(""));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->bytes().empty());
}

TEST(Bytes, AMessageInPiecesIsLaidEndToEnd) {
  const std::array<grpc::Slice, 3> pieces{grpc::Slice("one "), grpc::Slice(std::string(1000, '2')),
                                          grpc::Slice(" three")};
  const std::optional<Contiguous> read =
      Contiguous::of(grpc::ByteBuffer(pieces.data(), pieces.size()));
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of(*read), "one " + std::string(1000, '2') + " three");
}

TEST(Bytes, AMessageInOnePieceIsNotCopied) {
  const grpc::Slice piece(std::string(1000, 'x'));
  const std::optional<Contiguous> read = Contiguous::of(grpc::ByteBuffer(&piece, 1));
  ASSERT_TRUE(read);
  EXPECT_EQ(static_cast<const void*>(read->bytes().data()),
            static_cast<const void*>(piece.begin()));
}

TEST(Bytes, TheyOutliveTheMessage) {
  std::optional<Contiguous> read;
  {
    grpc::ByteBuffer message = to_buffer(std::string(1000, 'y'));
    read = Contiguous::of(message);
    message.Clear();
  }
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of(*read), std::string(1000, 'y'));
}

TEST(Bytes, WhereNoMessageHasComeThereAreNone) {
  EXPECT_FALSE(Contiguous::of(grpc::ByteBuffer()));
}

}  // namespace
}  // namespace comcat::rpc
