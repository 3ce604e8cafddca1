#pragma once

#include <memory>
#include <string>
#include <vector>

#include "comcat/wire/messages.h"

#include "absl/status/status.h"

namespace comcat::server {

/// The device that somebody calls from, as far as it has shown which it is.
/// Threads: one, the shard that the connection was dealt to.
struct Device {
  std::string nonce;  // that a proof on this stream has to be of
  std::string key;    // of which there was a proof; empty: unknown
  // A hello was said, but
  std::unique_ptr<const wire::Hello> greeting;  // its signature is still to come
  std::unique_ptr<const wire::Hello> pairing;   // that the device is paired is still to be kept
  std::unique_ptr<const wire::Hello> asking;    // whether the name is free is asked elsewhere

  /// Whether a hello was said that waits for somebody's answer.
  [[nodiscard]] bool waits() const { return pairing || asking; }

  /// 32 random bytes.
  [[nodiscard]] static std::string make_nonce();

  /// Takes the key of a hello that brings its signature. kInvalidArgument where either is none;
  /// kPermissionDenied where it was not made for `nonce` and one of these certificates, as
  /// base::certificate_fingerprint() calls them.
  [[nodiscard]] absl::Status prove(const wire::Hello& hello,
                                   const std::vector<std::string>& certificates);
};

}  // namespace comcat::server
