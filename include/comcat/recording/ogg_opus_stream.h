#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace comcat::recording {

/// Opus packets as an Ogg Opus stream (RFC 7845), as they are: nothing is encoded anew. Bytes in
/// the order in which they belong into a file, which can be played up to wherever it ends.
///
/// Time      48 kHz samples from the begin of the stream. Where there is no packet there is one
///           that asks the decoder to conceal (RFC 7845 section 4.1), so players keep the time.
/// Memory    the packets of at most a second.
/// Threads   one at a time.
class OggOpusStream {
 public:
  /// Time is a multiple of this: the shortest frame that Opus has.
  static constexpr std::int64_t kUnitSamples = 120;

  /// `serial` tells streams apart, `tags` are "NAME=value" in UTF-8 (RFC 7845 section 5.2).
  OggOpusStream(std::uint32_t serial, const std::vector<std::string>& tags);
  ~OggOpusStream();
  OggOpusStream(OggOpusStream&&) noexcept;
  OggOpusStream& operator=(OggOpusStream&&) noexcept;

  /// A packet that lasts `samples`. REQUIRES that it does (codec::packet_samples()).
  void add(std::string_view packet, std::int64_t samples);

  /// Nothing is heard for `samples`, less what exceeds a multiple of kUnitSamples.
  void add_silence(std::int64_t samples);

  /// Nothing follows.
  void finish();

  /// How long the stream is by now.
  [[nodiscard]] std::int64_t end() const;

  /// The bytes that are complete, each once. A second of sound is complete at the latest.
  [[nodiscard]] std::string take();

 private:
  class Pages;
  std::unique_ptr<Pages> pages_;
};

}  // namespace comcat::recording
