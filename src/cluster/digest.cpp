#include "comcat/cluster/digest.h"

#include "hash.h"

namespace comcat::cluster {

void Digest::toggle(std::string_view key, std::string_view content) {
  buckets_[bucket_of(key)] ^= mixed(hash_of(key) ^ mixed(hash_of(content)));
}

std::uint64_t Digest::whole() const {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (buckets_[i] != 0) out ^= mixed(buckets_[i] + i);
  }
  return out;
}

std::size_t Digest::bucket_of(std::string_view key) {
  return mixed(hash_of(key)) % kBuckets;
}

}  // namespace comcat::cluster
