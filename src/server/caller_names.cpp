#include "caller_names.h"

#include <algorithm>
#include <array>

#include "comcat/base/unicode.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"

namespace comcat::server {
namespace {

constexpr const char* kPlaceholder = "caller-";

/// True where what clients say of their user or of the server would be said of somebody.
bool is_reserved(const std::string& name_key) {
  constexpr std::array kReserved{"you", "server", "the server", "comcat", "comcat-server"};
  return std::find(kReserved.begin(), kReserved.end(), name_key) != kReserved.end() ||
         absl::StartsWith(name_key, "session ");
}

}  // namespace

std::string placeholder_name(const Participant& who) {
  return kPlaceholder + std::to_string(who.number);
}

absl::StatusOr<std::string> chosen_name(const std::string& name) {
  absl::StatusOr<std::string> normal = wire::normal_name(name);
  if (!normal.ok()) return normal;
  const std::string key = base::comparison_key(*normal);
  if (is_reserved(key)) {
    return absl::InvalidArgumentError("the name \"" + *normal +
                                      "\" would be taken for another; choose another");
  }
  if (!absl::StartsWith(key, kPlaceholder)) return normal;
  return absl::InvalidArgumentError("names that begin with " + std::string(kPlaceholder) +
                                    " are given by the server; choose another");
}

absl::Status held_for_others(const std::string& name) {
  return absl::AlreadyExistsError("the name " + name +
                                  " is claimed, and not for this device; choose another name");
}

absl::Status name_is_taken(const std::string& room, const std::string& name) {
  return absl::AlreadyExistsError("somebody in the room " + room + " goes by the name " + name +
                                  "; choose another room or another name");
}

}  // namespace comcat::server
