#pragma once

#include <memory>
#include <string>

#include <grpcpp/security/credentials.h>

namespace comcat::load {

/// Plaintext where `insecure`; else TLS that takes the server whose certificate has the fingerprint
/// `trust` ("SHA256:" and base64 without padding, as comcat-server prints it), or any server where
/// `trust` is empty: a load test measures a server, it does not confide in it.
[[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> make_credentials(bool insecure,
                                                                         const std::string& trust);

}  // namespace comcat::load
