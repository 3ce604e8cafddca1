#include "comcat/client/device_key.h"

#include <optional>

#include <sys/stat.h>

#include "comcat/base/private_file.h"
#include "comcat/base/secret.h"
#include "comcat/base/text.h"

namespace comcat::client {
namespace {

constexpr std::size_t kMaxFileBytes = 4096;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

std::string shown(const std::string& path) {
  return base::safe_text(path);
}

/// The key in the file; nothing where there is no file.
absl::StatusOr<std::optional<base::SigningKey>> read(const std::string& path) {
  absl::StatusOr<std::optional<std::string>> pem = base::read_private_file(path, kMaxFileBytes);
  if (!pem.ok()) return pem.status();
  if (!pem->has_value()) return std::nullopt;
  std::optional<base::SigningKey> key = base::SigningKey::from_pem(**pem);
  base::wipe(**pem);
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & kOthers) != 0) {
    return absl::PermissionDeniedError("others may read the device key " + shown(path) +
                                       "; chmod 600 it, or move it away for a new one");
  }
  if (key) return key;
  return absl::DataLossError("the device key " + shown(path) +
                             " is damaged; put it back from a copy, or move it away for a new one");
}

absl::Status create(const std::string& path) {
  std::string pem = base::SigningKey::make().to_pem();
  absl::Status status = base::create_private_file(path, pem);
  base::wipe(pem);
  // Another client has been faster, and its key is as good.
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

}  // namespace

absl::StatusOr<base::SigningKey> device_key(const std::string& state_directory) {
  const std::string path = state_directory + "/device_key";
  absl::StatusOr<std::optional<base::SigningKey>> key = read(path);
  if (key.ok() && !key->has_value()) {
    if (absl::Status status = create(path); !status.ok()) return status;
    key = read(path);
  }
  if (!key.ok()) return key.status();
  if (key->has_value()) return **std::move(key);
  return absl::UnavailableError("cannot read " + shown(path) + ": it is gone again");
}

}  // namespace comcat::client
