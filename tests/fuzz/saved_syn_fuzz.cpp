#include <span>

#include "fuzz/fuzz.h"
#include "server/tcp_gate.h"

/// The packet that opened a connection, as the kernel has kept it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bool found = comcat::server::first_sequence(std::span(data, size)).has_value();
  constexpr std::size_t kSmallest = 40;  // an IPv4 and a TCP header without options
  COMCAT_FUZZ_CHECK(!found || size >= kSmallest);
  return 0;
}
