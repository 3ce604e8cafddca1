#include <cstddef>
#include <cstdint>

#include "fuzz/playout_scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  comcat::fuzz::play_scenario({data, size});
  return 0;
}
