// A row of the history's file that something else has changed: it is left out, or is a text that
// may be sent to callers.

#include <cstddef>
#include <cstdint>
#include <string>

#include "comcat/store/row.h"
#include "comcat/wire/limits.h"

#include "fuzz/fuzz.h"

using namespace comcat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  store::Row row;
  row.number = static_cast<std::int64_t>((std::uint64_t{input.number()} << 32) | input.number());
  row.time_ms = static_cast<std::int64_t>((std::uint64_t{input.number()} << 32) | input.number());
  row.name = input.text(600);
  row.text = input.rest();
  const auto text = store::decode(row);
  if (!text) return 0;
  COMCAT_FUZZ_CHECK(text->number > 0 && text->number <= INT64_MAX);
  COMCAT_FUZZ_CHECK(text->time.time_since_epoch().count() == row.time_ms && row.time_ms >= 0);
  COMCAT_FUZZ_CHECK(wire::check_name(text->name).ok() && text->name == row.name);
  COMCAT_FUZZ_CHECK(wire::check_text(text->text).ok() && text->text == row.text);
  return 0;
}
