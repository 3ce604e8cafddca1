#include "comcat/base/signing_key.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "absl/strings/escaping.h"

namespace comcat::base {
namespace {

constexpr std::size_t kFingerprintBytes = 8;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// A file with a passphrase is none of ours, and nobody is asked for it.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return -1;
}

/// The y of the points of Ed25519 whose order divides 8, in every encoding that is taken, without
/// the bit of the sign (RFC 8032, section 5.1.3): of such a key one signature is good for many
/// texts, or for all.
constexpr std::array<std::string_view, 7> kSmallOrder{
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

bool is_of_small_order(std::string_view public_key) {
  std::string y(public_key);
  y.back() = static_cast<char>(y.back() & 0x7F);
  return std::ranges::find(kSmallOrder, absl::BytesToHexString(y)) != kSmallOrder.end();
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  return {key, &EVP_PKEY_free};
}

}  // namespace

SigningKey::SigningKey(Handle key) : key_(std::move(key)), public_key_(kPublicKeyBytes, '\0') {
  std::size_t size = public_key_.size();
  if (EVP_PKEY_get_raw_public_key(key_.get(), bytes(public_key_), &size) != 1) std::abort();
}

SigningKey SigningKey::make() {
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_keygen(context.get(), &key) != 1) {
    std::abort();
  }
  return SigningKey(owned(key));
}

std::optional<SigningKey> SigningKey::from_pem(const std::string& pem) {
  const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return std::nullopt;
  Handle key = owned(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_ED25519) return std::nullopt;
  return SigningKey(std::move(key));
}

std::string SigningKey::to_pem() const {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                            nullptr) != 1) {
    std::abort();
  }
  const char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string SigningKey::sign(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes(signature), &size, bytes(text), text.size()) != 1) {
    std::abort();
  }
  return signature;
}

bool has_signed(std::string_view public_key, std::string_view text, std::string_view signature) {
  if (public_key.size() != kPublicKeyBytes || signature.size() != kSignatureBytes) return false;
  if (is_of_small_order(public_key)) return false;
  const std::shared_ptr<EVP_PKEY> key = owned(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(public_key), public_key.size()));
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  return key && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text),
                          text.size()) == 1;
}

std::string key_fingerprint(std::string_view public_key) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes(public_key), public_key.size(), digest.data());
  return "key:" + absl::BytesToHexString(
                      std::string(reinterpret_cast<const char*>(digest.data()), kFingerprintBytes));
}

}  // namespace comcat::base
