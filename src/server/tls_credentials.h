#pragma once

#include <memory>
#include <string>

#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include "comcat/server/certificate.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::server {

/// gRPC's SslServerCredentials, but for a certificate that can be replaced while the server runs:
/// gRPC asks for it at each handshake. Connections that are there keep what they began with.
/// Threads  replace() from any; gRPC's own ask. Must outlive the server that it is given to.
class TlsCredentials final : public grpc::ServerCredentials {
 public:
  explicit TlsCredentials(Certificate certificate);
  ~TlsCredentials() override;
  TlsCredentials(const TlsCredentials&) = delete;
  TlsCredentials& operator=(const TlsCredentials&) = delete;

  /// REQUIRES `certificate` comes from load_certificate() or own_certificate().
  void replace(Certificate certificate);

 private:
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}
  int AddPortToServer(const std::string& address, grpc_server* server) override;
  static grpc_ssl_certificate_config_reload_status fetch(
      void* credentials, grpc_ssl_server_certificate_config** config);

  absl::Mutex mutex_;
  Certificate certificate_ ABSL_GUARDED_BY(mutex_);
  bool fetched_ ABSL_GUARDED_BY(mutex_) = false;
  grpc_server_credentials* const credentials_;
};

}  // namespace comcat::server
