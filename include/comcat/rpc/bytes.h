#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

namespace comcat::rpc {

/// A message of a copy of `bytes`. Threads: any.
[[nodiscard]] grpc::ByteBuffer to_buffer(std::string_view bytes);

/// The bytes of a message that gRPC has read, end to end: its own where they lie so, else a copy.
/// Threads    one at a time.
/// Ownership  holds the bytes, whatever becomes of the message.
class Contiguous {
 public:
  /// Nothing where the message cannot be read: none has come, or it is compressed and broken.
  [[nodiscard]] static std::optional<Contiguous> of(const grpc::ByteBuffer& message);

  /// Valid while this object lives and is not moved.
  [[nodiscard]] std::span<const std::byte> bytes() const;

 private:
  explicit Contiguous(grpc::Slice slice);

  grpc::Slice slice_;
};

}  // namespace comcat::rpc
