#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "comcat/wire/record_messages.h"

namespace comcat::cluster {

/// What a set of records is, in a few numbers that are the same on every node that has the same
/// set: by buckets, so that nodes that differ need not tell each other all. Threads: one.
class Digest {
 public:
  static constexpr std::size_t kBuckets = wire::kRecordBuckets;

  /// Adds the record, or takes it out where it is in.
  void toggle(std::string_view key, std::string_view content);
  /// 0 where there is nothing.
  [[nodiscard]] std::uint64_t whole() const;
  [[nodiscard]] const std::vector<std::uint64_t>& buckets() const { return buckets_; }
  [[nodiscard]] static std::size_t bucket_of(std::string_view key);

 private:
  std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>(kBuckets, 0);
};

}  // namespace comcat::cluster
