// opus_frames() takes a packet apart as libopus does, whatever the packet.

#include <array>

#include <opus/opus.h>

#include "fuzz/fuzz.h"
#include "wire/opus_frames.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace comcat;
  const std::vector<std::string> ours = wire::opus_frames(fuzz::as_text(data, size));
  std::array<const unsigned char*, 48> frames{};
  std::array<opus_int16, 48> bytes{};
  unsigned char toc = 0;
  const int count = size == 0 ? 0
                              : opus_packet_parse(data, static_cast<opus_int32>(size), &toc,
                                                  frames.data(), bytes.data(), nullptr);
  if (count <= 0) {
    COMCAT_FUZZ_CHECK(ours.size() == 1 && ours[0] == fuzz::as_text(data, size));
    return 0;
  }
  COMCAT_FUZZ_CHECK(ours.size() == static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const std::string frame(reinterpret_cast<const char*>(frames[i]),
                            static_cast<std::size_t>(bytes[i]));
    COMCAT_FUZZ_CHECK(ours[i] == static_cast<char>(toc & ~3U) + frame);
  }
  return 0;
}
