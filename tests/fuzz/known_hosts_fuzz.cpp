// A known_hosts file that something else has written to, and addresses as users type them.

#include "comcat/base/certificate_fingerprint.h"
#include "comcat/base/text.h"
#include "comcat/transport/address.h"
#include "comcat/transport/known_hosts.h"

#include "fuzz/fuzz.h"

using namespace comcat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::as_text(data, size));
  for (const transport::KnownHost& host : transport::parse_known_hosts(text)) {
    COMCAT_FUZZ_CHECK(host.line >= 1 && !host.address.empty() && host.address.front() != '#');
    COMCAT_FUZZ_CHECK(transport::is_fingerprint(host.fingerprint));
  }
  const auto address = transport::parse_address(text);
  if (address.ok()) {
    const std::string shown = base::to_string(*address);
    COMCAT_FUZZ_CHECK(base::is_safe_text(shown));
    const auto again = transport::parse_address(shown);
    COMCAT_FUZZ_CHECK(again.ok() && base::to_string(*again) == shown);
  } else {
    COMCAT_FUZZ_CHECK(base::is_safe_text(std::string(address.status().message())));
  }
  const auto fingerprint = base::certificate_fingerprint(text);
  COMCAT_FUZZ_CHECK(!fingerprint || transport::is_fingerprint(*fingerprint));
  return 0;
}
