#include "audio/other_stream.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace comcat::audio {
namespace {

using Head = std::array<unsigned char, 6>;

/// The first `count`, the rest zeros.
Head head_at(const ByteInput& bytes, std::uint64_t offset, std::size_t count) {
  Head head{};
  bytes.read_at(offset, std::as_writable_bytes(std::span(head).first(count)));
  return head;
}

/// The length in bytes of the frame of MPEG audio (ISO 11172-3, 13818-3) that `head` begins; 0
/// where it begins none.
std::size_t mpeg_frame_bytes(const Head& head) {
  constexpr std::array<std::array<int, 15>, 5> kKilobits{{
      {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},  // 1, layer I
      {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},     // 1, layer II
      {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},      // 1, layer III
      {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},     // 2, layer I
      {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},          // 2, the others
  }};
  constexpr std::array kRates{44'100, 48'000, 32'000};
  const unsigned version = head[1] >> 3 & 3U;  // 0: 2.5, 2: 2, 3: 1
  const unsigned layer = 4 - (head[1] >> 1 & 3U);
  const unsigned kilobits = head[2] >> 4;
  const unsigned rate = head[2] >> 2 & 3U;
  if (head[0] != 0xFF || head[1] < 0xE0 || version == 1 || layer == 4) return 0;
  if (kilobits == 0 || kilobits == 15 || rate == 3) return 0;
  const bool first = version == 3;
  const unsigned row = first ? layer - 1 : (layer == 1 ? 3 : 4);
  const int hertz = kRates[rate] >> (first ? 0 : version == 2 ? 1 : 2);
  const int slots = layer == 1 ? 12 : (layer == 3 && !first ? 72 : 144);
  const int padding = head[2] >> 1 & 1;
  const int count = slots * kKilobits[row][kilobits] * 1000 / hertz + padding;
  return static_cast<std::size_t>(layer == 1 ? count * 4 : count);
}

/// The same of AAC in an ADTS stream (ISO 13818-7).
std::size_t adts_frame_bytes(const Head& head) {
  const bool begins = head[0] == 0xFF && (head[1] & 0xF6U) == 0xF0;
  if (!begins || (head[2] >> 2 & 15U) > 12) return 0;
  return (head[3] & 3U) << 11 | head[4] << 3 | head[5] >> 5;
}

/// Two frames of one kind, one behind the other: a sample may look like the begin of one.
bool is_frames(const ByteInput& bytes) {
  const Head first = head_at(bytes, 0, 2);
  if (first[0] != 0xFF || first[1] < 0xE0) return false;
  for (const auto frame_bytes : {mpeg_frame_bytes, adts_frame_bytes}) {
    const Head head = head_at(bytes, 0, 6);
    const std::size_t length = frame_bytes(head);
    if (length == 0) continue;
    const Head next = head_at(bytes, length, 6);
    if (frame_bytes(next) > 0 && next[1] == head[1]) return true;
  }
  return false;
}

}  // namespace

bool is_other_stream(const ByteInput& bytes) {
  const Head head = head_at(bytes, 0, 4);
  const std::string_view magic(reinterpret_cast<const char*>(head.data()), 4);
  // ID3 is what an MP3 mostly begins with; after it WebM's and Matroska's, ASF's, AMR's and
  // WavPack's begin, those of archives, and of a web page that says what went wrong.
  for (const char* other : {"OggS", "fLaC", "FORM", ".snd", "caff", "riff", "ID3",
                            "\x1A\x45\xDF\xA3", "\x30\x26\xB2\x75", "#!AM", "wvpk", "PK\3\4",
                            "\x1F\x8B\x08", "<!DO", "<!do", "<htm", "<?xm"}) {
    if (magic.starts_with(other)) return true;
  }
  if (magic.starts_with(std::string_view("\0\0\0", 3))) {  // a box of MP4, or silence
    const Head box = head_at(bytes, 4, 4);
    return std::string_view(reinterpret_cast<const char*>(box.data()), 4) == "ftyp";
  }
  return is_frames(bytes);
}

}  // namespace comcat::audio
