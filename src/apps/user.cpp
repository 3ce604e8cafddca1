#include "user.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include <pwd.h>
#include <unistd.h>

#include "comcat/wire/limits.h"

namespace comcat::apps {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// "" where there is none.
std::filesystem::path home_directory() {
  const std::filesystem::path home = variable("HOME");
  if (home.is_absolute()) return home;
  const passwd* const user = ::getpwuid(::getuid());
  const std::filesystem::path known = user == nullptr ? "" : user->pw_dir;
  return known.is_absolute() ? known : "";
}

/// The folder of the XDG base directory specification that `name` tells, else the one `below` the
/// home directory; "" without one.
std::filesystem::path base_directory(const char* name, const std::filesystem::path& below) {
  const std::filesystem::path told = variable(name);
  if (told.is_absolute()) return told;
  const std::filesystem::path home = home_directory();
  return home.empty() ? home : home / below;
}

}  // namespace

absl::StatusOr<std::filesystem::path> state_directory(const std::string& flag) {
  if (!flag.empty()) return std::filesystem::path(flag);
  const std::filesystem::path base = base_directory("XDG_STATE_HOME", ".local/state");
  if (!base.empty()) return base / "comcat";
  return absl::InvalidArgumentError("there is no home directory; say where with --state_dir");
}

std::filesystem::path configuration_file(const std::string& name) {
  const std::filesystem::path base = base_directory("XDG_CONFIG_HOME", ".config");
  return base.empty() ? base : base / "comcat" / name;
}

std::string valid_name(const std::string& raw) {
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    const auto begins_character = [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    };
    const auto next = std::find_if(raw.begin() + static_cast<std::ptrdiff_t>(at) + 1, raw.end(),
                                   begins_character);
    const auto end = static_cast<std::size_t>(next - raw.begin());
    const std::string longer = out + raw.substr(at, end - at);
    if (wire::check_name(longer).ok()) out = longer;
    at = end;
  }
  return out;
}

std::string login_name() {
  if (std::string name = valid_name(variable("USER")); !name.empty()) return name;
  const passwd* const user = ::getpwuid(::getuid());
  return user == nullptr ? "" : valid_name(user->pw_name);
}

}  // namespace comcat::apps
