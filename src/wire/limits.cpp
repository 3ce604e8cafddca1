#include "comcat/wire/limits.h"

#include <algorithm>

#include "comcat/base/name.h"
#include "comcat/base/text.h"
#include "comcat/base/unicode.h"

namespace comcat::wire {
namespace {

/// What kMaxNameBytes may have been before they were composed; normalising stays cheap.
constexpr std::size_t kMaxRawNameBytes = 4 * kMaxNameBytes;

absl::Status invalid(const std::string& sentence) {
  return absl::InvalidArgumentError(sentence);
}

}  // namespace

absl::StatusOr<std::string> normal_name(std::string_view name, std::string_view what) {
  const std::string subject = "the " + std::string(what);
  if (name.empty()) return invalid(subject + " is empty; give 1 to 32 printable characters");
  const auto too_long = [&](std::size_t count, const char* unit, std::size_t allowed) {
    return invalid(subject + " has " + std::to_string(count) + " " + unit + "; at most " +
                   std::to_string(allowed) + " are allowed");
  };
  if (name.size() > kMaxRawNameBytes) return too_long(name.size(), "bytes", kMaxNameBytes);
  std::string normal = base::to_nfc(name);
  if (const std::string_view fault = base::name_fault(normal); !fault.empty()) {
    return invalid(subject + " " + std::string(fault) + "; give 1 to 32 printable characters");
  }
  if (const std::size_t count = base::count_graphemes(normal); count > kMaxNameCharacters) {
    return too_long(count, "characters", kMaxNameCharacters);
  }
  if (normal.size() > kMaxNameBytes) return too_long(normal.size(), "bytes", kMaxNameBytes);
  if (normal.front() == ' ' || normal.back() == ' ') {
    return invalid(subject + " begins or ends with a space; leave it out");
  }
  return normal;
}

absl::Status check_name(std::string_view name, std::string_view what) {
  return normal_name(name, what).status();
}

absl::Status check_text(std::string_view text) {
  if (text.empty()) return invalid("the text is empty");
  if (text.size() > kMaxTextBytes) {
    return invalid("the text has " + std::to_string(text.size()) + " bytes; at most " +
                   std::to_string(kMaxTextBytes) + " are allowed");
  }
  if (!base::is_safe_text(text, base::Joiners::kKept)) {
    return invalid("the text holds control, invisible or malformed characters, or more than " +
                   std::to_string(base::kMaxMarksInText) + " accents on one letter");
  }
  return absl::OkStatus();
}

absl::Status check_passcode(std::string_view passcode) {
  if (passcode.empty()) return invalid("the passcode is empty");
  if (passcode.size() > kMaxPasscodeBytes) {
    return invalid("the passcode has " + std::to_string(passcode.size()) +
                   " characters; at most 256 are allowed");
  }
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (!std::all_of(passcode.begin(), passcode.end(), printable)) {
    return invalid("the passcode holds characters other than printable ASCII");
  }
  if (passcode.front() == ' ' || passcode.back() == ' ') {
    return invalid("the passcode begins or ends with a space, which gRPC metadata cannot carry");
  }
  return absl::OkStatus();
}

}  // namespace comcat::wire
