#include "comcat/base/file_trust.h"

#include <cerrno>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace comcat::base {
namespace {

constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

std::string belongs_to_another(const struct stat& file) {
  if (file.st_uid == ::geteuid() || file.st_uid == 0) return "";
  return "it belongs to another user (uid " + std::to_string(file.st_uid) +
         "); have its owner changed with chown, or use one of your own";
}

}  // namespace

std::string distrust(int fd) {
  struct stat file {};
  if (::fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) return "";
  if (std::string why = belongs_to_another(file); !why.empty()) return why;
  if ((file.st_mode & kOthersWrite) == 0) return "";
  return "others than its owner may write to it; see that it holds what it should, then chmod go-w "
         "it";
}

std::string distrust_directory(const std::string& path) {
  struct stat directory {};
  if (::stat(path.c_str(), &directory) != 0 || !S_ISDIR(directory.st_mode)) return "";
  if (std::string why = belongs_to_another(directory); !why.empty()) return why;
  const bool open = (directory.st_mode & S_IWOTH) != 0 && (directory.st_mode & S_ISVTX) == 0;
  return open ? "everyone may put files there; see that it holds what it should, then chmod o-w it"
              : "";
}

std::string why_not_opened(int error) {
  if (error == ELOOP) return "it is a symbolic link";
  if (error == EISDIR) return "it is a directory";
  return std::generic_category().message(error);
}

}  // namespace comcat::base
