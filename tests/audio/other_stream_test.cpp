#include "audio/other_stream.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace comcat::audio {
namespace {

/// What is in memory, and how far it has been looked at.
class Memory final : public ByteInput {
 public:
  explicit Memory(std::string bytes) : bytes_(std::move(bytes)) {}
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    looked_at_ = std::max<std::uint64_t>(looked_at_, offset + into.size());
    if (offset >= bytes_.size()) return 0;
    const auto from = std::as_bytes(std::span(bytes_)).subspan(offset);
    const std::size_t count = std::min(from.size(), into.size());
    std::copy_n(from.begin(), count, into.begin());
    return count;
  }
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] std::uint64_t looked_at() const { return looked_at_; }

 private:
  const std::string bytes_;
  mutable std::uint64_t looked_at_ = 0;
};

/// Two frames, each of `bytes` in all.
std::string two_frames(const std::string& head, std::size_t bytes) {
  const std::string frame = head + std::string(bytes - head.size(), 'x');
  return frame + frame;
}

TEST(OtherStream, AreFormatsOfFilesArchivesAndWebPages) {
  using namespace std::string_literals;
  for (const std::string& begin :
       {"OggS"s, "fLaC"s, "ID3\4"s, "\x1A\x45\xDF\xA3"s, "\0\0\0\x1C\x66typM4A "s, "PK\3\4"s,
        "\x1F\x8B\x08\0"s, "<!DOCTYPE html>"s, "#!AMR\n"s}) {
    EXPECT_TRUE(is_other_stream(Memory(begin + std::string(5000, 'x')))) << begin;
  }
}

TEST(OtherStream, IsMpegAudioOfAnyLayerWithoutAHeader) {
  EXPECT_TRUE(is_other_stream(Memory(two_frames("\xFF\xFB\x90\x64", 417))));  // 1, III, 44.1 kHz
  EXPECT_TRUE(is_other_stream(Memory(two_frames("\xFF\xFA\x92\x64", 418))));  // padded
  EXPECT_TRUE(is_other_stream(Memory(two_frames("\xFF\xF3\x84\xC4", 192))));  // 2, III, 24 kHz
  EXPECT_TRUE(is_other_stream(Memory(two_frames("\xFF\xE3\x48\xC4", 288))));  // 2.5, III, 8 kHz
  EXPECT_TRUE(is_other_stream(Memory(two_frames("\xFF\xFD\xA4\x04", 576))));  // 1, II, 48 kHz
  EXPECT_TRUE(is_other_stream(Memory(two_frames("\xFF\xF1\x4C\x80\x19\xFF\xFC", 207))));  // AAC
}

TEST(OtherStream, IsNotRawSoundHoweverItBegins) {
  std::string tone;
  for (int i = 0; i < 4800; ++i) {
    const auto value = static_cast<std::int16_t>(30'000 * std::sin(i * 0.0576));
    tone += static_cast<char>(value & 0xFF);
    tone += static_cast<char>(value >> 8);
  }
  for (std::size_t at = 0; at + 6000 < tone.size(); at += 2) {
    EXPECT_FALSE(is_other_stream(Memory(tone.substr(at, 6000)))) << at;
  }
  for (int value = 0; value < 0x10000; value += 1) {  // that does not change
    std::string level;
    for (int i = 0; i < 8; ++i) level += {static_cast<char>(value), static_cast<char>(value >> 8)};
    EXPECT_FALSE(is_other_stream(Memory(level))) << value;
  }
}

TEST(OtherStream, OfSilenceHardlyAnythingIsLookedAt) {
  const Memory silence(std::string(5000, '\0'));
  EXPECT_FALSE(is_other_stream(silence));
  EXPECT_LE(silence.looked_at(), 8U);
}

}  // namespace
}  // namespace comcat::audio
