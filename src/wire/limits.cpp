#include "comcat/wire/limits.h"

#include <algorithm>

#include "comcat/base/text.h"

namespace comcat::wire {
namespace {

absl::Status invalid(const std::string& sentence) {
  return absl::InvalidArgumentError(sentence);
}

}  // namespace

absl::Status check_name(std::string_view name, std::string_view what) {
  const std::string subject = "the " + std::string(what);
  if (name.empty()) return invalid(subject + " is empty; give 1 to 32 printable characters");
  if (!base::is_visible_name(name)) {
    return invalid(subject + " holds control, invisible or malformed characters; give 1 to 32 " +
                   "printable characters");
  }
  if (const std::size_t count = base::count_characters(name); count > kMaxNameCharacters) {
    return invalid(subject + " has " + std::to_string(count) +
                   " characters; at most 32 are allowed");
  }
  if (name.front() == ' ' || name.back() == ' ') {
    return invalid(subject + " begins or ends with a space; leave it out");
  }
  return absl::OkStatus();
}

absl::Status check_text(std::string_view text) {
  if (text.empty()) return invalid("the text is empty");
  if (text.size() > kMaxTextBytes) {
    return invalid("the text has " + std::to_string(text.size()) + " bytes; at most " +
                   std::to_string(kMaxTextBytes) + " are allowed");
  }
  if (!base::is_safe_text(text, base::Joiners::kKept)) {
    return invalid("the text holds control, invisible or malformed characters");
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
