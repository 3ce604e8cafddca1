#include "server/shared_slices.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

/// Longer than what gRPC keeps inside a slice itself.
Payload payload(char fill) {
  return std::make_shared<const std::string>(100, fill);
}

std::vector<grpc::Slice> slices_of(const grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(message.Dump(&slices).ok());
  return slices;
}

const void* only_slice_of(const grpc::ByteBuffer& message) {
  const std::vector<grpc::Slice> slices = slices_of(message);
  EXPECT_EQ(slices.size(), 1U);
  return slices.empty() ? nullptr : slices.front().begin();
}

TEST(SharedSlices, PartsLieEndToEnd) {
  SharedSlices slices;
  const std::vector<Payload> parts{payload('a'), payload('b')};
  std::string text;
  for (const grpc::Slice& slice : slices_of(slices.to_buffer(parts, true))) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  EXPECT_EQ(text, *parts[0] + *parts[1]);
}

TEST(SharedSlices, WhatGoesToManyIsCopiedOnce) {
  SharedSlices slices;
  const std::vector<Payload> parts{payload('a')};
  const grpc::ByteBuffer to_one = slices.to_buffer(parts, true);
  const grpc::ByteBuffer to_other = slices.to_buffer(parts, true);
  EXPECT_EQ(only_slice_of(to_one), only_slice_of(to_other));
}

TEST(SharedSlices, WhatIsForOneAloneTakesNoPlace) {
  SharedSlices slices;
  const std::vector<Payload> voice{payload('v')};
  const grpc::ByteBuffer before = slices.to_buffer(voice, true);
  for (std::size_t i = 0; i < SharedSlices::kRemembered; ++i) {
    const std::vector<Payload> answer{payload('a')};
    std::ignore = slices.to_buffer(answer, false);
  }
  EXPECT_EQ(only_slice_of(slices.to_buffer(voice, true)), only_slice_of(before));
}

TEST(SharedSlices, TheOldestIsForgottenFirst) {
  SharedSlices slices;
  const std::vector<Payload> first{payload('1')};
  const std::vector<Payload> second{payload('2')};
  const grpc::ByteBuffer first_before = slices.to_buffer(first, true);
  const grpc::ByteBuffer second_before = slices.to_buffer(second, true);
  for (std::size_t i = 1; i < SharedSlices::kRemembered; ++i) {
    const std::vector<Payload> other{payload('x')};
    std::ignore = slices.to_buffer(other, true);
  }
  EXPECT_EQ(only_slice_of(slices.to_buffer(second, true)), only_slice_of(second_before));
  EXPECT_NE(only_slice_of(slices.to_buffer(first, true)), only_slice_of(first_before));
}

}  // namespace
}  // namespace comcat::server
