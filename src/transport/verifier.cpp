#include "verifier.h"

#include <string>
#include <utility>

#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

namespace comcat::transport {
namespace {

std::string text(grpc::string_ref ref) {
  return {ref.data(), ref.size()};
}

/// Asks the judge. gRPC calls it on a thread of its own once the handshake is complete and before
/// any request is sent.
class Verifier final : public grpc::experimental::ExternalCertificateVerifier {
 public:
  explicit Verifier(std::shared_ptr<CertificateJudge> judge) : judge_(std::move(judge)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* sync_status) override {
    std::string chain = text(request->peer_cert_full_chain());
    if (chain.empty()) chain = text(request->peer_cert());
    const Judgement judgement = judge_->judge(chain);
    *sync_status = judgement.trusted
                       ? grpc::Status::OK
                       : grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "certificate not trusted");
    return true;
  }

  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  std::shared_ptr<CertificateJudge> judge_;
};

}  // namespace

std::shared_ptr<grpc::ChannelCredentials> judged_credentials(
    std::shared_ptr<CertificateJudge> judge) {
  using grpc::experimental::ExternalCertificateVerifier;
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<Verifier>(std::move(judge)));
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace comcat::transport
