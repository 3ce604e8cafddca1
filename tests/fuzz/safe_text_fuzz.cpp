// What safe_text() makes of arbitrary bytes may go to a terminal, and it leaves safe text alone.

#include "comcat/base/text.h"

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace comcat;
  fuzz::Input input(data, size);
  const std::size_t max_bytes = input.byte();
  const std::string_view text = input.rest();
  const std::string cut = base::safe_text(text, max_bytes);
  COMCAT_FUZZ_CHECK(cut.size() <= max_bytes);
  COMCAT_FUZZ_CHECK(base::is_safe_text(cut));
  for (const char c : cut) COMCAT_FUZZ_CHECK(static_cast<unsigned char>(c) >= ' ' && c != 0x7F);
  const std::string whole = base::safe_text(text, 3 * text.size());
  COMCAT_FUZZ_CHECK(base::is_safe_text(whole));
  COMCAT_FUZZ_CHECK(whole.substr(0, cut.size()) == cut);
  COMCAT_FUZZ_CHECK(base::is_safe_text(text) == (whole == text));
  return 0;
}
