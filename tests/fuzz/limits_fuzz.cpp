// Names, rooms, texts and passcodes: what passes keeps every promise of limits.h, and what does not
// gets a sentence that is safe to print and says nothing about the passcode.

#include "comcat/base/text.h"
#include "comcat/base/unicode.h"
#include "comcat/wire/limits.h"

#include "fuzz/fuzz.h"

namespace {

using namespace comcat;

void check_sentence(const absl::Status& status) {
  const std::string sentence(status.message());
  COMCAT_FUZZ_CHECK(absl::IsInvalidArgument(status));
  COMCAT_FUZZ_CHECK(!sentence.empty() && base::is_safe_text(sentence));
}

void check_name(std::string_view name, std::string_view what) {
  const absl::StatusOr<std::string> normal = wire::normal_name(name, what);
  COMCAT_FUZZ_CHECK(normal.status() == wire::check_name(name, what));
  if (!normal.ok()) return check_sentence(normal.status());
  COMCAT_FUZZ_CHECK(base::is_safe_text(*normal, base::Joiners::kKept));
  COMCAT_FUZZ_CHECK(base::count_graphemes(*normal) >= 1);
  COMCAT_FUZZ_CHECK(base::count_graphemes(*normal) <= wire::kMaxNameCharacters);
  COMCAT_FUZZ_CHECK(normal->size() <= wire::kMaxNameBytes);
  COMCAT_FUZZ_CHECK(normal->front() != ' ' && normal->back() != ' ');
  // Whoever is sent the name may say it in turn.
  COMCAT_FUZZ_CHECK(*wire::normal_name(*normal, what) == *normal);
  COMCAT_FUZZ_CHECK(base::comparison_key(name) == base::comparison_key(*normal));
}

void check_text(std::string_view text) {
  const absl::Status status = wire::check_text(text);
  if (!status.ok()) return check_sentence(status);
  COMCAT_FUZZ_CHECK(!text.empty() && text.size() <= wire::kMaxTextBytes);
  COMCAT_FUZZ_CHECK(base::is_safe_text(text, base::Joiners::kKept));
}

void check_passcode(std::string_view passcode) {
  const absl::Status status = wire::check_passcode(passcode);
  if (status.ok()) {
    COMCAT_FUZZ_CHECK(!passcode.empty() && passcode.size() <= wire::kMaxPasscodeBytes);
    return;
  }
  check_sentence(status);
  // The sentence is the same for every passcode with the same faults.
  std::string other(passcode);
  for (char& c : other) c = c > ' ' && c <= '~' ? 'x' : c;
  COMCAT_FUZZ_CHECK(status == wire::check_passcode(other));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  check_name(text, "name");
  check_name(text, "room");
  check_text(text);
  check_passcode(text);
  return 0;
}
