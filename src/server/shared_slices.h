#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include "comcat/server/payload.h"

namespace comcat::server {

/// Payloads as gRPC's slices. A payload that goes to many listeners is copied once: those copied
/// last are remembered, and every message of such a payload refers to the same slice.
///
/// Memory     kRemembered payloads and their copies, the oldest of which go first.
/// Threads    one at a time.
class SharedSlices {
 public:
  static constexpr std::size_t kRemembered = 32;

  /// A message of `parts` end to end; `shared`: they go to others, too.
  [[nodiscard]] grpc::ByteBuffer to_buffer(std::span<const Payload> parts, bool shared);

 private:
  struct Sliced {
    Payload payload;
    grpc::Slice slice;
  };

  [[nodiscard]] const grpc::Slice& slice_of(const Payload& payload);

  std::array<Sliced, kRemembered> sliced_;
  std::size_t next_ = 0;
};

}  // namespace comcat::server
