#include "comcat/recording/ogg_opus_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include <ogg/ogg.h>

#include "comcat/audio/frame.h"

namespace comcat::recording {
namespace {

// What an encoder looks ahead, and its decoder is late by: 6.5 ms.
constexpr std::uint16_t kPreSkipSamples = 312;
constexpr std::int64_t kPageSamples = audio::kSampleRate;
constexpr std::string_view kVendor = "comcat";

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

/// RFC 7845 section 5.1.
std::string opus_head() {
  std::string out = "OpusHead";
  put(out, 1, 1);  // version
  put(out, 1, 1);  // channels
  put(out, kPreSkipSamples, 2);
  put(out, audio::kSampleRate, 4);
  put(out, 0, 2);  // gain
  put(out, 0, 1);  // channel mapping family
  return out;
}

/// RFC 7845 section 5.2.
std::string opus_tags(const std::vector<std::string>& tags) {
  std::string out = "OpusTags";
  put(out, kVendor.size(), 4);
  out += kVendor;
  put(out, tags.size(), 4);
  for (const std::string& tag : tags) {
    put(out, tag.size(), 4);
    out += tag;
  }
  return out;
}

/// A packet of frames without a byte (RFC 6716 section 3.2.5, code 3), for which a decoder invents
/// what it has to: silence after some of them.
struct EmptyPacket {
  std::array<char, 2> bytes;
  std::int64_t samples;

  /// As long as one can be, and no longer than `samples`. REQUIRES at least kUnitSamples.
  static EmptyPacket within(std::int64_t samples) {
    constexpr int kShortest = 28;  // the configuration of CELT's fullband frames of 2.5 ms
    constexpr int kFrameCode = 3;
    int size = 3;  // 20 ms; each smaller one is half as long
    while ((OggOpusStream::kUnitSamples << size) > samples) --size;
    const std::int64_t frame = OggOpusStream::kUnitSamples << size;
    constexpr std::int64_t kMostSamples = 5760;
    const std::int64_t frames = std::min(samples, kMostSamples) / frame;
    return {{static_cast<char>((kShortest + size) << 3 | kFrameCode), static_cast<char>(frames)},
            frames * frame};
  }
};

}  // namespace

/// libogg's stream, whose memory is C's.
class OggOpusStream::Pages {
 public:
  explicit Pages(std::uint32_t serial) { ogg_stream_init(&stream_, static_cast<int>(serial)); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() { ogg_stream_clear(&stream_); }

  /// `packet` on a page of its own, as the headers are.
  void add_header(std::string_view packet) {
    add(packet, 0, false);
    flush();
  }

  void add(std::string_view packet, std::int64_t samples, bool last) {
    end_ += samples;
    ogg_packet out{};
    // libogg copies, and does not write.
    out.packet = reinterpret_cast<unsigned char*>(const_cast<char*>(packet.data()));
    out.bytes = static_cast<long>(packet.size());
    out.b_o_s = number_ == 0 ? 1 : 0;
    out.e_o_s = last ? 1 : 0;
    out.granulepos = number_ < kHeaders ? 0 : end_;
    out.packetno = number_++;
    ogg_stream_packetin(&stream_, &out);
    if (last || end_ - flushed_ >= kPageSamples) return flush();
    ogg_page page;
    while (ogg_stream_pageout(&stream_, &page) != 0) take_in(page);
  }

  [[nodiscard]] std::int64_t end() const { return end_; }
  [[nodiscard]] std::string take() { return std::exchange(bytes_, {}); }

 private:
  static constexpr std::int64_t kHeaders = 2;

  void flush() {
    ogg_page page;
    while (ogg_stream_flush(&stream_, &page) != 0) take_in(page);
  }

  void take_in(const ogg_page& page) {
    bytes_.append(reinterpret_cast<const char*>(page.header),
                  static_cast<std::size_t>(page.header_len));
    bytes_.append(reinterpret_cast<const char*>(page.body),
                  static_cast<std::size_t>(page.body_len));
    flushed_ = end_;
  }

  ogg_stream_state stream_{};
  std::string bytes_;
  std::int64_t number_ = 0;   // of the next packet
  std::int64_t end_ = 0;      // of all packets
  std::int64_t flushed_ = 0;  // when the last page was made
};

OggOpusStream::OggOpusStream(std::uint32_t serial, const std::vector<std::string>& tags)
    : pages_(std::make_unique<Pages>(serial)) {
  pages_->add_header(opus_head());
  pages_->add_header(opus_tags(tags));
}

OggOpusStream::~OggOpusStream() = default;
OggOpusStream::OggOpusStream(OggOpusStream&&) noexcept = default;
OggOpusStream& OggOpusStream::operator=(OggOpusStream&&) noexcept = default;

void OggOpusStream::add(std::string_view packet, std::int64_t samples) {
  pages_->add(packet, samples, false);
}

void OggOpusStream::add_silence(std::int64_t samples) {
  while (samples >= kUnitSamples) {
    const EmptyPacket packet = EmptyPacket::within(samples);
    pages_->add({packet.bytes.data(), packet.bytes.size()}, packet.samples, false);
    samples -= packet.samples;
  }
}

void OggOpusStream::finish() {
  const EmptyPacket last = EmptyPacket::within(kUnitSamples);
  pages_->add({last.bytes.data(), last.bytes.size()}, last.samples, true);
}

std::int64_t OggOpusStream::end() const {
  return pages_->end();
}

std::string OggOpusStream::take() {
  return pages_->take();
}

}  // namespace comcat::recording
