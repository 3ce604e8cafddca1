#include "comcat/recording/mixdown.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "comcat/playout/limiter.h"

namespace comcat::recording {

absl::StatusOr<Mixdown> Mixdown::create(const std::string& path) {
  absl::StatusOr<audio::SoundWriter> writer = audio::SoundWriter::create(path);
  if (!writer.ok()) return writer.status();
  return Mixdown(*std::move(writer));
}

void Mixdown::add(const std::string& track, const PlacedPacket& packet) {
  auto found = decoders_.find(track);
  if (found == decoders_.end()) {
    if (decoders_.size() >= kMostTracks) return;
    absl::StatusOr<codec::Decoder> decoder = codec::Decoder::create();
    if (!decoder.ok()) return;
    found = decoders_.emplace(track, *std::move(decoder)).first;
  }
  std::array<float, codec::kMaxPacketSamples> decoded{};
  const std::size_t count = found->second.decode(packet.payload, decoded);
  const auto skipped = static_cast<std::size_t>(
      std::clamp<std::int64_t>(written_ - packet.at, 0, static_cast<std::int64_t>(count)));
  const auto begin = static_cast<std::size_t>(std::max<std::int64_t>(packet.at - written_, 0));
  const std::size_t end = begin + count - skipped;
  if (sum_.size() < end) sum_.resize(end);
  for (std::size_t i = skipped; i < count; ++i) sum_[begin + i - skipped] += decoded[i];
}

absl::Status Mixdown::write_until(std::int64_t end) {
  if (end <= written_) return absl::OkStatus();
  const auto count = static_cast<std::size_t>(end - written_);
  if (sum_.size() < count) sum_.resize(count);
  const std::span<float> ready(sum_.data(), count);
  playout::limit(ready);
  absl::Status status = writer_.write(ready);
  sum_.erase(sum_.begin(), sum_.begin() + static_cast<std::ptrdiff_t>(count));
  written_ = end;
  return status;
}

absl::Status Mixdown::finish(std::int64_t end) {
  if (absl::Status status = write_until(end); !status.ok()) return status;
  return writer_.finish();
}

}  // namespace comcat::recording
