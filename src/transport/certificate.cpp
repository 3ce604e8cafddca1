#include <array>
#include <memory>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "comcat/transport/trust.h"

namespace comcat::transport {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Owned<X509> read_certificate(BIO& bio) {
  return Owned<X509>(PEM_read_bio_X509(&bio, nullptr, nullptr, nullptr));
}

Owned<BIO> open(const std::string& pem) {
  return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

bool is_ip(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool load_authorities(X509_STORE& store, const std::string& file) {
  return file.empty() ? X509_STORE_set_default_paths(&store) == 1
                      : X509_STORE_load_file(&store, file.c_str()) == 1;
}

}  // namespace

bool vouched_for(const std::string& pem_chain, const std::string& host,
                 const std::string& authorities_file) {
  const Owned<BIO> bio = open(pem_chain);
  const Owned<X509> leaf = bio ? read_certificate(*bio) : nullptr;
  const Owned<STACK_OF(X509)> rest(sk_X509_new_null());
  const Owned<X509_STORE> store(X509_STORE_new());
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (!leaf || !rest || !store || !context) return false;
  while (Owned<X509> next = read_certificate(*bio)) {
    if (sk_X509_push(rest.get(), next.get()) == 0) return false;
    [[maybe_unused]] X509* const owned_by_rest = next.release();
  }
  if (!load_authorities(*store, authorities_file)) return false;
  if (X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), rest.get()) != 1) return false;
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int named = is_ip(host) ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str())
                                : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
  return named == 1 && X509_verify_cert(context.get()) == 1;
}

}  // namespace comcat::transport
