#include "shared_slices.h"

#include <vector>

namespace comcat::server {

grpc::ByteBuffer SharedSlices::to_buffer(std::span<const Payload> parts, bool shared) {
  std::vector<grpc::Slice> slices;
  slices.reserve(parts.size());
  for (const Payload& part : parts) {
    slices.push_back(shared ? slice_of(part) : grpc::Slice(part->data(), part->size()));
  }
  return {slices.data(), slices.size()};
}

const grpc::Slice& SharedSlices::slice_of(const Payload& payload) {
  for (const Sliced& sliced : sliced_) {
    if (sliced.payload == payload) return sliced.slice;
  }
  Sliced& oldest = sliced_[next_++ % sliced_.size()];
  oldest = {payload, grpc::Slice(payload->data(), payload->size())};
  return oldest.slice;
}

}  // namespace comcat::server
