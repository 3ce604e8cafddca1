#pragma once

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"

// Threads: any, but one at a time for the same files.

namespace comcat::server {

/// A certificate and its private key, both PEM.
struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

/// Reads both from files. kInvalidArgument with one sentence where either is missing, unreadable or
/// no PEM, or where the key is not the certificate's.
[[nodiscard]] absl::StatusOr<Certificate> load_certificate(const std::filesystem::path& certificate,
                                                           const std::filesystem::path& key);

/// The server's own certificate: `state_dir`/server.crt and server.key (mode 0600), made at the
/// first start: EC P-256, self-signed, ten years. Clients pin it, so it is kept.
[[nodiscard]] absl::StatusOr<Certificate> own_certificate(const std::filesystem::path& state_dir);

/// The same, read again from files that own_certificate() has made; makes none.
[[nodiscard]] absl::StatusOr<Certificate> reread_own_certificate(
    const std::filesystem::path& state_dir);

}  // namespace comcat::server
