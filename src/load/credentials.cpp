#include "credentials.h"

#include <array>
#include <utility>

#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "absl/strings/escaping.h"

namespace comcat::load {
namespace {

using grpc::experimental::CertificateVerifier;
using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

std::string fingerprint_of(grpc::string_ref pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  unsigned size = 0;
  if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1) {
    return {};
  }
  std::string text =
      absl::Base64Escape(std::string(reinterpret_cast<const char*>(digest.data()), size));
  while (!text.empty() && text.back() == '=') text.pop_back();
  return "SHA256:" + text;
}

/// Takes one certificate, whoever signed it and whatever name it has.
class Pin final : public ExternalCertificateVerifier {
 public:
  explicit Pin(std::string trust) : trust_(std::move(trust)) {}

  bool Verify(TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* status) override {
    if (!trust_.empty() && fingerprint_of(request->peer_cert()) != trust_) {
      *status = {grpc::StatusCode::UNAUTHENTICATED, "the server's certificate is not --trust"};
    }
    return true;
  }
  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
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
