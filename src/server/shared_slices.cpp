#include "shared_slices.h"

#include "absl/container/inlined_vector.h"

namespace comcat::server {

grpc::ByteBuffer SharedSlices::to_buffer(std::span<const Payload> parts, bool shared) {
  absl::InlinedVector<grpc::Slice, 4> slices;  // mostly one: a frame
  for (const Payload& part : parts) {
    slices.push_back(shared ? slice_of(part) : grpc::Slice(part->data(), part->size()));
  }
  return {slices.data(), slices.size()};
}

const grpc::Slice& SharedSlices::slice_of(const Payload& payload) {
  for (std::size_t age = 1; age <= kRemembered; ++age) {  // mostly it is the newest
    const Sliced& sliced = sliced_[(next_ + kRemembered - age) % kRemembered];
    if (sliced.payload == payload) return sliced.slice;
  }
  Sliced& oldest = sliced_[next_++ % sliced_.size()];
  oldest = {payload, grpc::Slice(payload->data(), payload->size())};
  return oldest.slice;
}

}  // namespace comcat::server
