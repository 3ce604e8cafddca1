#pragma once

#include <memory>

#include <grpcpp/security/credentials.h>

#include "comcat/transport/trust.h"

namespace comcat::load {

/// Plaintext where `insecure`; else TLS that takes the server that `judge` trusts, or any server
/// where there is no judge: a load test measures a server, it does not confide in it. Threads: any;
/// gRPC asks the judge on threads of its own.
[[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> make_credentials(
    bool insecure, std::shared_ptr<transport::CertificateJudge> judge);

}  // namespace comcat::load
