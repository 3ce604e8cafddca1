#include "opus_frames.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "comcat/wire/limits.h"

#include "opus_toc.h"

namespace comcat::wire {
namespace {

constexpr std::uint8_t kCodeBits = 0x03;
constexpr std::uint8_t kVariableBit = 0x80;
constexpr std::uint8_t kPaddingBit = 0x40;
constexpr std::uint8_t kCountBits = 0x3F;

using Lengths = std::vector<std::size_t>;

/// Takes bytes off the front of a packet. What is not there is zero, and is remembered.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  std::uint8_t byte() {
    if (rest_.empty()) {
      cut_short_ = true;
      return 0;
    }
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }

  /// Of a frame; section 3.2.1.
  std::size_t length() {
    constexpr std::size_t kTwoBytes = 252;
    const std::size_t first = byte();
    return first < kTwoBytes ? first : first + 4 * std::size_t{byte()};
  }

  /// Of the padding at the end; section 3.2.5.
  std::size_t padding() {
    constexpr std::size_t kMore = 255;
    std::size_t sum = 0;
    for (;;) {
      const std::size_t part = byte();
      if (part != kMore) return sum + part;
      sum += kMore - 1;
    }
  }

  void drop_back(std::size_t bytes) {
    cut_short_ = cut_short_ || bytes > rest_.size();
    if (!cut_short_) rest_.remove_suffix(bytes);
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool cut_short() const { return cut_short_; }

 private:
  std::string_view rest_;
  bool cut_short_ = false;
};

/// `count` frames of which all but the last have told lengths.
std::optional<Lengths> variable(Reader& reader, std::size_t count) {
  Lengths lengths;
  std::size_t sum = 0;
  for (std::size_t i = 1; i < count; ++i) sum += lengths.emplace_back(reader.length());
  if (sum > reader.rest().size()) return std::nullopt;
  lengths.push_back(reader.rest().size() - sum);
  return lengths;
}

/// `count` frames that share what is there.
std::optional<Lengths> equal(const Reader& reader, std::size_t count) {
  if (reader.rest().size() % count != 0) return std::nullopt;
  return Lengths(count, reader.rest().size() / count);
}

/// Code 3: the second byte says how many frames there are, and how.
std::optional<Lengths> counted(Reader& reader) {
  const std::uint8_t how = reader.byte();
  if ((how & kPaddingBit) != 0) reader.drop_back(reader.padding());
  const std::size_t count = how & kCountBits;
  return (how & kVariableBit) != 0 ? variable(reader, count) : equal(reader, count);
}

/// The frames' lengths; `reader` stands at the first of them afterwards.
std::optional<Lengths> lengths_of(Reader& reader, unsigned code) {
  switch (code) {
    case 0:
      return equal(reader, 1);
    case 1:
      return equal(reader, 2);
    case 2:
      return variable(reader, 2);
    default:
      return counted(reader);
  }
}

}  // namespace

std::vector<std::string> opus_frames(std::string_view packet) {
  const std::vector<std::string> as_it_is{std::string(packet)};
  if (opus_packet_samples(packet) == 0) return as_it_is;  // there are no frames, or too many
  Reader reader(packet);
  const std::uint8_t toc = reader.byte();
  const std::optional<Lengths> lengths = lengths_of(reader, toc & kCodeBits);
  if (!lengths || reader.cut_short()) return as_it_is;
  std::vector<std::string> frames;
  std::string_view rest = reader.rest();
  for (const std::size_t length : *lengths) {
    if (length > kMaxChunkBytes) return as_it_is;
    std::string& frame = frames.emplace_back(1, static_cast<char>(toc & ~kCodeBits));
    frame += rest.substr(0, length);
    rest.remove_prefix(length);
  }
  return frames;
}

}  // namespace comcat::wire
