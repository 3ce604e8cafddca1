#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::transport {

/// One line of a known_hosts file: "host:port SHA256:...".
struct KnownHost {
  std::string address;
  std::string fingerprint;
  std::size_t line = 0;  // from 1
};

/// Every well-formed line of `text`. Empty lines, comments (#), and lines that make no sense are
/// passed over; text after the fingerprint is a comment. Safe on any bytes.
[[nodiscard]] std::vector<KnownHost> parse_known_hosts(const std::string& text);

/// True for "SHA256:" and 43 characters of base64: what ssh prints for a key.
[[nodiscard]] bool is_fingerprint(const std::string& text);

/// The certificates seen at first use, in a file of the user's own.
///
/// Files      a new line goes in by writing a copy beside it (mode 0600, of a name that nobody can
///            have taken) and renaming; lines that are not understood are kept. The file is locked
///            meanwhile (flock), so two clients that start at once both keep their pins.
/// Trust      a file or directory that others may write to, or that belongs to another user, is
///            neither read nor written: kPermissionDenied, with what to do.
/// Threads    any, one at a time per object.
class KnownHosts {
 public:
  /// `directory` is made when the first line is added.
  explicit KnownHosts(std::string directory) : directory_(std::move(directory)) {}

  [[nodiscard]] std::string path() const { return directory_ + "/known_hosts"; }

  /// The pin of `address`; nothing where there is none. An error where the file is there and cannot
  /// be read: then nobody knows whether there is a pin.
  [[nodiscard]] absl::StatusOr<std::optional<KnownHost>> find(const std::string& address) const;

  [[nodiscard]] absl::Status add(const std::string& address, const std::string& fingerprint) const;

 private:
  std::string directory_;
};

}  // namespace comcat::transport
