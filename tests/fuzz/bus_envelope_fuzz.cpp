// What stands before every message of a bus.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bus/envelope.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using comcat::bus::Envelope;
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  std::string_view rest = whole;
  const auto envelope = comcat::bus::open(rest);
  if (!envelope) {
    COMCAT_FUZZ_CHECK(rest == whole);
    return 0;
  }
  COMCAT_FUZZ_CHECK(envelope->sender != 0);
  COMCAT_FUZZ_CHECK((envelope->request != 0) == (envelope->kind != Envelope::Kind::kMessage));
  COMCAT_FUZZ_CHECK(comcat::bus::seal(*envelope, rest) == whole);
  return 0;
}
