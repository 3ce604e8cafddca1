#include "comcat/rpc/bytes.h"

#include <utility>

namespace comcat::rpc {

grpc::ByteBuffer to_buffer(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return {&slice, 1};
}

Contiguous::Contiguous(grpc::Slice slice) : slice_(std::move(slice)) {}

std::optional<Contiguous> Contiguous::of(const grpc::ByteBuffer& message) {
  grpc::Slice whole;
  if (message.TrySingleSlice(&whole).ok() || message.DumpToSingleSlice(&whole).ok()) {
    return Contiguous(std::move(whole));
  }
  return std::nullopt;
}

std::span<const std::byte> Contiguous::bytes() const {
  return {reinterpret_cast<const std::byte*>(slice_.begin()), slice_.size()};
}

}  // namespace comcat::rpc
