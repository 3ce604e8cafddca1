#pragma once

#include <string>

namespace comcat::server {

/// Whether a TLS client would accept what a server with this chain and key says: the key may be too
/// short for OpenSSL's security level, or of a kind that no client offers. Tries a handshake in
/// memory, with what gRPC 1.51 sets. Threads: any.
[[nodiscard]] bool shakes_hands(const std::string& chain_pem, const std::string& key_pem);

}  // namespace comcat::server
