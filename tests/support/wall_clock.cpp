#include "support/wall_clock.h"

#include <filesystem>
#include <fstream>

#include "support/sanitizers.h"

namespace comcat::testing {
namespace {

/// Where Debian's package `faketime` puts it, for whichever machine; "" where it is not installed.
std::string library() {
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib")) {
    const std::string path = entry.path().string() + "/faketime/libfaketime.so.1";
    std::error_code error;
    if (std::filesystem::exists(path, error)) return path;
  }
  return {};
}

}  // namespace

std::string WallClock::missing() {
  if (!!kSanitized) return "nothing can be preloaded beside a sanitizer's library";
  return library().empty() ? "libfaketime is not installed" : "";
}

void WallClock::jump(const std::string& offset) const {
  const std::string beside = file() + ".new";  // never half a line
  std::ofstream(beside) << offset << "\n";
  std::filesystem::rename(beside, file());
}

Process::Options WallClock::options() const {
  Process::Options options;
  options.environment = {{"LD_PRELOAD", library()},
                         {"FAKETIME_TIMESTAMP_FILE", file()},
                         {"FAKETIME_NO_CACHE", "1"},
                         {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
                         {"DONT_FAKE_MONOTONIC", "1"}};
  return options;
}

}  // namespace comcat::testing
