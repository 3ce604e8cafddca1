#include "audio/ogg_links.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <optional>

namespace comcat::audio {
namespace {

constexpr std::size_t kHeaderBytes = 27;
constexpr std::size_t kMaxSegments = 255;
constexpr std::size_t kFlagsAt = 5;
constexpr std::size_t kSegmentsAt = 26;
constexpr std::byte kBeginsAStream{0x02};
constexpr std::size_t kSearchBytes = 64 * 1024;

struct Page {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool begins_a_stream = false;
};

bool is_capture_pattern(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && std::memcmp(bytes.data(), "OggS", 4) == 0;
}

std::optional<Page> page_at(const ByteInput& bytes, std::uint64_t at) {
  std::array<std::byte, kHeaderBytes + kMaxSegments> header{};
  const std::size_t got = bytes.read_at(at, header);
  if (got < kHeaderBytes || !is_capture_pattern(header)) return std::nullopt;
  const auto segments = std::to_integer<std::size_t>(header[kSegmentsAt]);
  const auto lacing = std::span(header).subspan(kHeaderBytes, segments);
  const std::uint64_t body = std::accumulate(
      lacing.begin(), lacing.end(), std::uint64_t{0},
      [](std::uint64_t sum, std::byte lace) { return sum + std::to_integer<unsigned>(lace); });
  return Page{at, at + kHeaderBytes + segments + body,
              (header[kFlagsAt] & kBeginsAStream) != std::byte{0}};
}

/// Where pages go on after damage.
std::optional<std::uint64_t> next_capture_pattern(const ByteInput& bytes, std::uint64_t at) {
  std::vector<std::byte> piece(kSearchBytes);
  for (std::size_t got = 0; (got = bytes.read_at(at, piece)) >= 4; at += got - 3) {
    for (std::size_t i = 0; i + 4 <= got; ++i) {
      if (is_capture_pattern(std::span(piece).subspan(i, 4))) return at + i;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Bytes> ogg_links(const Bytes& bytes) {
  const std::uint64_t size = bytes->size();
  std::vector<std::uint64_t> begins{0};
  std::optional<Page> page = page_at(*bytes, 0);
  bool at_beginning =
      true;  // a link's first pages begin its streams, of which there may be several
  while (page) {
    if (page->begins_a_stream && !at_beginning) begins.push_back(page->begin);
    at_beginning = page->begins_a_stream;
    const std::uint64_t at = page->end;
    page = page_at(*bytes, at);
    if (page || at >= size) continue;
    if (const auto found = next_capture_pattern(*bytes, at)) page = page_at(*bytes, *found);
  }
  std::vector<Bytes> links;
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const std::uint64_t end = i + 1 < begins.size() ? begins[i + 1] : size;
    links.push_back(window(bytes, begins[i], end));
  }
  return links;
}

}  // namespace comcat::audio
