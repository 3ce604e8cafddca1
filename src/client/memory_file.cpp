#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "comcat/base/private_file.h"
#include "comcat/base/shared_file.h"
#include "comcat/base/text.h"
#include "comcat/client/memory.h"

namespace comcat::client {
namespace {

constexpr int kMostAside = 9;

/// What a file holds; nothing where it has only been made.
absl::StatusOr<Memory> memory_in(const std::string& text) {
  return text.empty() ? Memory{} : parse_memory(text);
}

}  // namespace

MemoryFile::MemoryFile(const std::string& directory)
    : path_(directory.empty() ? "" : directory + "/remembered") {}

absl::StatusOr<ServerMemory> MemoryFile::read(const std::string& address) const {
  if (path_.empty()) return ServerMemory{};
  const absl::StatusOr<std::optional<std::string>> text = base::read_private_file(path_, kMaxBytes);
  if (!text.ok()) return text.status();
  const absl::StatusOr<Memory> memory = memory_in(text->value_or(""));
  if (memory.ok()) return memory->of(address);
  return absl::IsDataLoss(memory.status()) ? set_aside(memory.status()) : memory.status();
}

absl::Status MemoryFile::write(const std::string& address, const ServerMemory& memory) const {
  if (path_.empty()) return absl::OkStatus();
  const auto file = base::SharedFile::open(path_, base::SharedFile::Access::kRead);
  if (!file.ok()) return file.status();
  const absl::StatusOr<std::string> text = file->read(kMaxBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<Memory> all = memory_in(*text);
  if (!all.ok()) return all.status();
  all->set(address, memory);
  return file->replace(to_text(*all));
}

absl::Status MemoryFile::set_aside(const absl::Status& why) const {
  for (int i = 1; i <= kMostAside; ++i) {
    const std::string aside = path_ + ".damaged" + (i > 1 ? "-" + std::to_string(i) : "");
    if (::link(path_.c_str(), aside.c_str()) != 0) {
      if (errno == EEXIST) continue;
      break;
    }
    ::unlink(path_.c_str());
    return absl::DataLossError("what was remembered in " + base::safe_text(path_) +
                               " is damaged; it is kept as " + base::safe_text(aside) +
                               ", and nothing is remembered for now");
  }
  return absl::UnavailableError("what was remembered in " + base::safe_text(path_) +
                                " cannot be read: " + std::string(why.message()) +
                                "; move it away");
}

}  // namespace comcat::client
