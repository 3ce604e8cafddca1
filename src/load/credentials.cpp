#include "credentials.h"

#include <utility>

#include <grpcpp/security/tls_credentials_options.h>

#include "comcat/transport/trust.h"

namespace comcat::load {
namespace {

using grpc::experimental::CertificateVerifier;
using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

/// Takes one certificate, whoever signed it and whatever name it has.
class Pin final : public ExternalCertificateVerifier {
 public:
  explicit Pin(std::string trust) : trust_(std::move(trust)) {}

  bool Verify(TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* status) override {
    if (!trust_.empty() && !trusts(request->peer_cert())) {
      *status = {grpc::StatusCode::UNAUTHENTICATED, "the server's certificate is not --trust"};
    }
    return true;
  }
  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  [[nodiscard]] bool trusts(grpc::string_ref pem) const {
    const auto fingerprint =
        transport::certificate_fingerprint(std::string(pem.data(), pem.size()));
    return fingerprint.ok() && *fingerprint == trust_;
  }

  const std::string trust_;
};

}  // namespace

std::shared_ptr<grpc::ChannelCredentials> make_credentials(bool insecure,
                                                           const std::string& trust) {
  if (insecure) return grpc::InsecureChannelCredentials();
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<Pin>(trust));
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace comcat::load
