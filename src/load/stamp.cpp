#include "comcat/load/stamp.h"

#include <algorithm>
#include <cstring>

namespace comcat::load {
namespace {

constexpr char kToc = 0x78;  // hybrid, fullband, one frame of 20 ms, mono

template <typename T>
void put(char*& at, T value) {
  std::memcpy(at, &value, sizeof(value));
  at += sizeof(value);
}

template <typename T>
void get(const char*& at, T& value) {
  std::memcpy(&value, at, sizeof(value));
  at += sizeof(value);
}

}  // namespace

std::string Stamp::to_chunk(std::size_t size_bytes) const {
  std::string chunk(std::max(size_bytes, kBytes), 'x');
  char* at = chunk.data();
  put(at, kToc);
  put(at, sent_ns);
  put(at, serial);
  put(at, speaker);
  put(at, run);
  return chunk;
}

std::optional<Stamp> Stamp::from_chunk(std::string_view chunk) {
  if (chunk.size() < kBytes || chunk.front() != kToc) return std::nullopt;
  const char* at = chunk.data() + 1;
  Stamp stamp;
  get(at, stamp.sent_ns);
  get(at, stamp.serial);
  get(at, stamp.speaker);
  get(at, stamp.run);
  return stamp;
}

}  // namespace comcat::load
