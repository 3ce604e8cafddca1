// Normal forms and keys of arbitrary bytes: made of them once more they stay as they are, and what
// is well-formed stays so.

#include "comcat/base/name.h"
#include "comcat/base/text.h"
#include "comcat/base/unicode.h"

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace comcat;
  const std::string_view text = fuzz::as_text(data, size);
  const std::string normal = base::to_nfc(text);
  COMCAT_FUZZ_CHECK(base::to_nfc(normal) == normal);
  COMCAT_FUZZ_CHECK(base::count_graphemes(text) <= text.size());
  COMCAT_FUZZ_CHECK(base::has_right_to_left(normal) == base::has_right_to_left(text));
  const std::string key = base::comparison_key(text);
  COMCAT_FUZZ_CHECK(base::comparison_key(key) == key);
  COMCAT_FUZZ_CHECK(base::comparison_key(normal) == key);
  const std::string_view fault = base::name_fault(normal);
  COMCAT_FUZZ_CHECK(base::is_safe_text(fault));
  if (fault.empty()) COMCAT_FUZZ_CHECK(base::is_safe_text(normal, base::Joiners::kKept));
  return 0;
}
