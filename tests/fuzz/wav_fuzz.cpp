// A sound file from anywhere: what can be read is sound that is fit to send, the same however it is
// read, and what cannot gets a sentence that is safe to print.

#include <cmath>
#include <span>
#include <vector>

#include "comcat/audio/sound_reader.h"
#include "comcat/base/text.h"

#include "fuzz/fuzz.h"

namespace {

using namespace comcat;

constexpr std::size_t kMaxSamples = 48'000;

void check_sentence(const absl::Status& status) {
  const std::string sentence(status.message());
  COMCAT_FUZZ_CHECK(absl::IsInvalidArgument(status));
  COMCAT_FUZZ_CHECK(!sentence.ends_with(".") && base::is_safe_text(sentence));
}

/// As read_sound(), but in pieces of `piece` samples, and no more than `limit`.
std::vector<float> read_in_pieces(std::span<const std::byte> bytes, std::size_t piece,
                                  std::size_t limit) {
  absl::StatusOr<audio::SoundReader> reader = audio::SoundReader::from_bytes(bytes);
  COMCAT_FUZZ_CHECK(reader.ok());
  std::vector<float> out;
  std::vector<float> block(piece);
  std::size_t count = piece;
  while (count == piece && out.size() <= limit) {
    count = reader->read(block);
    COMCAT_FUZZ_CHECK(count <= piece);
    out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first byte says in which pieces the rest is read.
  fuzz::Input input(data, size);
  const std::size_t piece = 1 + 4 * std::size_t{input.byte()};
  const std::string_view rest = input.rest();
  const auto bytes = std::as_bytes(std::span(rest.data(), rest.size()));

  const absl::StatusOr<std::vector<float>> samples = audio::read_sound(bytes, kMaxSamples);
  if (!samples.ok()) {
    check_sentence(samples.status());
    return 0;
  }
  COMCAT_FUZZ_CHECK(samples->size() <= kMaxSamples);
  for (const float sample : *samples) COMCAT_FUZZ_CHECK(sample >= -1 && sample <= 1);
  COMCAT_FUZZ_CHECK(read_in_pieces(bytes, piece, kMaxSamples) == *samples);
  return 0;
}
