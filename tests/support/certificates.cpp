#include "support/certificates.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace comcat::testing {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

void check(bool ok) {
  if (!ok) std::abort();
}

std::string text_of(BIO& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509& certificate, X509& issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  check(extension && X509_add_ext(&certificate, extension.get(), -1) == 1);
}

bool is_ip(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

/// `host` empty: an authority. `authority` null: signed by itself.
TestCertificate make(const std::string& host, const TestCertificate* authority) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  check(key && certificate);
  Owned<X509> issuer;
  Owned<EVP_PKEY> issuer_key;
  if (authority != nullptr) {
    const Owned<BIO> pem(BIO_new_mem_buf(authority->certificate_pem.data(), -1));
    const Owned<BIO> key_pem(BIO_new_mem_buf(authority->key_pem.data(), -1));
    issuer.reset(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
    issuer_key.reset(PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, nullptr));
    check(issuer && issuer_key);
  }
  X509& signer = issuer ? *issuer : *certificate;
  std::uint64_t serial = 0;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -43'200);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 43'200);
  X509_set_pubkey(certificate.get(), key.get());
  const std::string name = host.empty() ? "comcat test authority" : host;
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(&signer));
  add_extension(*certificate, signer, NID_basic_constraints,
                host.empty() ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!host.empty()) {
    add_extension(*certificate, signer, NID_subject_alt_name,
                  (is_ip(host) ? "IP:" : "DNS:") + host);
  }
  check(X509_sign(certificate.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256()) > 0);
  const Owned<BIO> certificate_out(BIO_new(BIO_s_mem()));
  const Owned<BIO> key_out(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509(certificate_out.get(), certificate.get()) == 1);
  check(PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
        1);
  return {text_of(*certificate_out), text_of(*key_out)};
}

}  // namespace

TestCertificate make_self_signed(const std::string& host) {
  return make(host, nullptr);
}

TestCertificate make_authority() {
  return make("", nullptr);
}

TestCertificate make_signed(const std::string& host, const TestCertificate& authority) {
  return make(host, &authority);
}

}  // namespace comcat::testing
