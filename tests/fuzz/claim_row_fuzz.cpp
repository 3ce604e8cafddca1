// A row of the claims' file that something else has changed: it is left out, or is a claim that
// could have been written.

#include <cstddef>
#include <cstdint>
#include <string>

#include "comcat/base/signing_key.h"
#include "comcat/store/claim_row.h"
#include "comcat/wire/limits.h"

#include "absl/strings/ascii.h"
#include "fuzz/fuzz.h"

using namespace comcat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  store::ClaimRow row;
  row.used_ms = static_cast<std::int64_t>((std::uint64_t{input.number()} << 32) | input.number());
  row.claimed_ms = input.number();
  row.released_ms = input.number();
  const std::string name(input.text(200));
  const std::string keys(input.rest());
  row.name = name;
  row.keys = keys;
  const auto claim = store::decode(row);
  if (!claim) return 0;
  COMCAT_FUZZ_CHECK(wire::check_name(claim->name).ok() && claim->name == name);
  COMCAT_FUZZ_CHECK((!claim->keys.empty() || row.released_ms > 0) &&
                    claim->keys.size() <= store::Claim::kMaxKeys);
  for (const std::string& key : claim->keys) {
    COMCAT_FUZZ_CHECK(key.size() == base::kPublicKeyBytes);
  }
  COMCAT_FUZZ_CHECK(store::keys_of(*claim) == absl::AsciiStrToLower(keys));
  return 0;
}
