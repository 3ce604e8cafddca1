#include "tls_credentials.h"

#include <utility>

#include <grpc/grpc.h>

namespace comcat::server {

TlsCredentials::TlsCredentials(Certificate certificate)
    : certificate_(std::move(certificate)),
      credentials_(grpc_ssl_server_credentials_create_with_options(
          grpc_ssl_server_credentials_create_options_using_config_fetcher(
              GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE, &TlsCredentials::fetch, this))) {}

TlsCredentials::~TlsCredentials() {
  grpc_server_credentials_release(credentials_);
}

void TlsCredentials::replace(Certificate certificate) {
  const absl::MutexLock lock(&mutex_);
  certificate_ = std::move(certificate);
  fetched_ = false;
}

int TlsCredentials::AddPortToServer(const std::string& address, grpc_server* server) {
  return grpc_server_add_http2_port(server, address.c_str(), credentials_);
}

grpc_ssl_certificate_config_reload_status TlsCredentials::fetch(
    void* credentials, grpc_ssl_server_certificate_config** config) {
  TlsCredentials& self = *static_cast<TlsCredentials*>(credentials);
  const absl::MutexLock lock(&self.mutex_);
  if (std::exchange(self.fetched_, true)) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const char* const chain = self.certificate_.certificate_pem.c_str();
  const grpc_ssl_pem_key_cert_pair pair{self.certificate_.key_pem.c_str(), chain};
  // gRPC 1.51 wants authorities for the callers' certificates, though it is told to ask for none.
  *config = grpc_ssl_server_certificate_config_create(chain, &pair, 1);
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

}  // namespace comcat::server
