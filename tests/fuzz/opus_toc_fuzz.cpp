// opus_packet_samples() says what libopus says, whatever the packet.

#include <opus/opus.h>

#include "fuzz/fuzz.h"
#include "wire/opus_toc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace comcat;
  const std::uint32_t ours = wire::opus_packet_samples(fuzz::as_text(data, size));
  const int theirs =
      size == 0 ? 0 : opus_packet_get_nb_samples(data, static_cast<opus_int32>(size), 48'000);
  COMCAT_FUZZ_CHECK(ours == static_cast<std::uint32_t>(theirs < 0 ? 0 : theirs));
  return 0;
}
