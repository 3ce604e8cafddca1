#pragma once

#include <memory>

#include <grpcpp/security/credentials.h>

#include "comcat/transport/trust.h"

namespace comcat::transport {

/// TLS 1.2 or newer, with `judge` deciding on the server's certificate in the handshake.
/// Threads    any; gRPC asks `judge` on a thread of its own.
[[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> judged_credentials(
    std::shared_ptr<CertificateJudge> judge);

}  // namespace comcat::transport
