#include <span>

#include "fuzz/fuzz.h"
#include "server/first_flight.h"

/// What a stranger sends first, as it arrives: what is whole stays so, whatever follows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using comcat::server::first_flight;
  const std::span all(data, size);
  const auto whole = first_flight(all);
  if (!whole) return 0;
  COMCAT_FUZZ_CHECK(*whole > 0 && *whole <= size);
  COMCAT_FUZZ_CHECK(*whole <= comcat::server::kMaxFirstFlight);
  COMCAT_FUZZ_CHECK(first_flight(all.first(*whole)) == whole);
  return 0;
}
