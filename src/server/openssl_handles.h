#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace comcat::server {

/// What OpenSSL made, given back with `Free`. Threads: one at a time.
template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
template <auto Free, typename T>
using Handle = std::unique_ptr<T, Freed<Free>>;
using Key = Handle<EVP_PKEY_free, EVP_PKEY>;
using X509Ptr = Handle<X509_free, X509>;
using Bio = Handle<BIO_free_all, BIO>;

/// `pem` to be read from; it must outlive the reader.
[[nodiscard]] inline Bio reader(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

/// Null where it is no unencrypted key.
[[nodiscard]] inline Key parse_key(const std::string& pem) {
  // A password would be asked for on the terminal; an empty one makes an encrypted key fail.
  char empty[] = "";
  return Key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, nullptr, empty));
}

}  // namespace comcat::server
