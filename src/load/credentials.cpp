#include "credentials.h"

#include <string>
#include <utility>

#include <grpcpp/security/tls_credentials_options.h>

namespace comcat::load {
namespace {

using grpc::experimental::CertificateVerifier;
using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

/// Takes what the judge trusts, or everything.
class Verifier final : public ExternalCertificateVerifier {
 public:
  explicit Verifier(std::shared_ptr<transport::CertificateJudge> judge)
      : judge_(std::move(judge)) {}

  bool Verify(TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* status) override {
    const grpc::string_ref pem = request->peer_cert();
    if (judge_ && !judge_->judge(std::string(pem.data(), pem.size())).trusted) {
      *status = {grpc::StatusCode::UNAUTHENTICATED, "certificate not trusted"};
    }
    return true;
  }
  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  const std::shared_ptr<transport::CertificateJudge> judge_;
};

}  // namespace

std::shared_ptr<grpc::ChannelCredentials> make_credentials(
    bool insecure, std::shared_ptr<transport::CertificateJudge> judge) {
  if (insecure) return grpc::InsecureChannelCredentials();
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<Verifier>(std::move(judge)));
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace comcat::load
