#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/private_file.h"
#include "comcat/base/text.h"
#include "comcat/client/memory.h"

namespace comcat::client {
namespace {

constexpr int kMostAside = 9;

/// Programs of one state directory write one after the other.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::string& path)
      : directory_(
            ::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (directory_.valid()) ::flock(directory_.get(), LOCK_EX);
  }

 private:
  const base::FileDescriptor directory_;
};

}  // namespace

MemoryFile::MemoryFile(const std::string& directory)
    : path_(directory.empty() ? "" : directory + "/remembered") {}

absl::StatusOr<ServerMemory> MemoryFile::read(const std::string& address) const {
  if (path_.empty()) return ServerMemory{};
  const absl::StatusOr<Memory> memory = read_all();
  if (memory.ok()) return memory->of(address);
  return absl::IsDataLoss(memory.status()) ? set_aside(memory.status()) : memory.status();
}

absl::Status MemoryFile::write(const std::string& address, const ServerMemory& memory) const {
  if (path_.empty()) return absl::OkStatus();
  if (absl::Status status = base::prepare_private_directory(path_); !status.ok()) return status;
  const DirectoryLock lock(path_);
  absl::StatusOr<Memory> all = read_all();
  if (!all.ok()) return all.status();
  all->set(address, memory);
  return base::replace_private_file(path_, to_text(*all));
}

absl::StatusOr<Memory> MemoryFile::read_all() const {
  const absl::StatusOr<std::optional<std::string>> text = base::read_private_file(path_, kMaxBytes);
  if (!text.ok()) return text.status();
  if (!text->has_value()) return Memory{};
  return parse_memory(**text);
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
