#pragma once

#include <string>
#include <string_view>

#include "comcat/wire/messages.h"

namespace comcat::wire {

/// What a device's key signs of a hello: a label, the server's nonce for this stream, the
/// fingerprint of the certificate that the client saw (base::certificate_fingerprint(); empty
/// without TLS), the key, and name and room as the hello has them. Each stands behind its length,
/// so that no two hellos have the same text. Whoever overhears one, or is said one, can use it for
/// no other stream, and at no other server. Threads: any.
[[nodiscard]] std::string proof_text(const Hello& hello, std::string_view nonce,
                                     std::string_view certificate_fingerprint);

}  // namespace comcat::wire
