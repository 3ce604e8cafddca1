#include "certificate_flags.h"

#include <filesystem>

#include "absl/flags/flag.h"
#include "user.h"

ABSL_FLAG(std::string, tls_cert, "",
          "certificate chain in PEM form, instead of the server's own; SIGHUP reads either anew");
ABSL_FLAG(std::string, tls_key, "", "private key of --tls_cert in PEM form");
ABSL_FLAG(bool, insecure, false, "plaintext instead of TLS: the transport of com_municat's client");

namespace comcat::apps {

absl::StatusOr<std::optional<server::Certificate>> certificate(const std::string& state_dir) {
  const std::string certificate_file = absl::GetFlag(FLAGS_tls_cert);
  const std::string key_file = absl::GetFlag(FLAGS_tls_key);
  if (certificate_file.empty() != key_file.empty()) {
    return absl::InvalidArgumentError("--tls_cert and --tls_key go together; give both");
  }
  if (absl::GetFlag(FLAGS_insecure)) {
    if (!key_file.empty()) {
      return absl::InvalidArgumentError("--insecure and --tls_cert contradict each other");
    }
    return std::nullopt;
  }
  if (!key_file.empty()) return server::load_certificate(certificate_file, key_file);
  absl::StatusOr<std::filesystem::path> state = state_directory(state_dir);
  if (!state.ok()) return state.status();
  return server::own_certificate(*state);
}

absl::StatusOr<server::Certificate> reread_certificate(const std::string& state_dir) {
  if (const std::string file = absl::GetFlag(FLAGS_tls_cert); !file.empty()) {
    return server::load_certificate(file, absl::GetFlag(FLAGS_tls_key));
  }
  absl::StatusOr<std::filesystem::path> state = state_directory(state_dir);
  if (!state.ok()) return state.status();
  return server::reread_own_certificate(*state);
}

}  // namespace comcat::apps
