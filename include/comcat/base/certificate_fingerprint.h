#pragma once

#include <optional>
#include <string>

namespace comcat::base {

/// "SHA256:" and the unpadded base64 of the SHA-256 of the first certificate in `pem`, as DER: the
/// notation of ssh, by which the server names its certificate and the client remembers it. Nothing
/// where there is no certificate. Threads: any.
[[nodiscard]] std::optional<std::string> certificate_fingerprint(const std::string& pem);

}  // namespace comcat::base
