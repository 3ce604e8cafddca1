#include "comcat/datagram/seal.h"

#include <algorithm>
#include <array>
#include <cassert>

#include <openssl/evp.h>

namespace comcat::datagram {
namespace {

using Nonce = std::array<std::byte, Keys::kSaltBytes>;

Nonce nonce_of(const Nonce& salt, std::uint64_t counter) {
  Nonce nonce{};
  write_number(counter, sizeof(counter), nonce.data() + (nonce.size() - sizeof(counter)));
  for (std::size_t i = 0; i < nonce.size(); ++i) nonce[i] ^= salt[i];
  return nonce;
}

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

/// A context with the key in it; null where OpenSSL has no memory.
Cipher cipher_for(const Keys& keys, bool seals) {
  Cipher cipher(EVP_CIPHER_CTX_new());
  if (cipher == nullptr || EVP_CipherInit_ex(cipher.get(), EVP_aes_128_gcm(), nullptr,
                                             raw(keys.key().data()), nullptr, seals) != 1) {
    return nullptr;
  }
  return cipher;
}

/// Begins with another nonce, and with another key where there is one, and authenticates the
/// header.
bool begin(evp_cipher_ctx_st* cipher, const unsigned char* key, const Nonce& nonce, Bytes header) {
  int length = 0;
  return cipher != nullptr &&
         EVP_CipherInit_ex(cipher, nullptr, nullptr, key, raw(nonce.data()), -1) == 1 &&
         EVP_CipherUpdate(cipher, nullptr, &length, raw(header.data()),
                          static_cast<int>(header.size())) == 1;
}

bool run(evp_cipher_ctx_st* cipher, Bytes in, std::byte* out) {
  int length = 0;
  return EVP_CipherUpdate(cipher, raw(out), &length, raw(in.data()), static_cast<int>(in.size())) ==
         1;
}

bool finish(evp_cipher_ctx_st* cipher) {
  std::array<unsigned char, kTagBytes> nothing{};  // GCM writes nothing at its end
  int length = 0;
  return EVP_CipherFinal_ex(cipher, nothing.data(), &length) == 1;
}

}  // namespace

void FreeCipher::operator()(evp_cipher_ctx_st* cipher) const {
  EVP_CIPHER_CTX_free(cipher);
}

Sealer::Sealer(const Keys& keys, std::uint32_t connection, std::uint8_t epoch)
    : salt_(keys.salt()), cipher_(cipher_for(keys, /*seals=*/true)) {
  assert(epoch <= kMaxEpoch);
  next_.connection = connection;
  next_.epoch = epoch;
}

std::size_t Sealer::seal(Type type, std::string_view body, std::span<std::byte> out) {
  const std::size_t length = body.size() + kOverheadBytes;
  if (body.empty() || body.size() > kMaxBodyBytes || out.size() < length) return 0;
  if (next_.counter > kMaxCounter) return 0;
  next_.type = type;
  write_header(next_, out);
  std::byte* const sealed = out.data() + kHeaderBytes;
  if (!begin(cipher_.get(), nullptr, nonce_of(salt_, next_.counter), out.first(kHeaderBytes)) ||
      !run(cipher_.get(), as_bytes(body), sealed) || !finish(cipher_.get()) ||
      EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, sealed + body.size()) !=
          1) {
    return 0;
  }
  ++next_.counter;
  return length;
}

Opener::Opener(const Keys& keys, std::uint32_t connection, std::uint8_t epoch)
    : connection_(connection), epoch_(epoch), keys_(keys) {}

std::optional<std::string_view> Opener::open(const Header& header, Bytes datagram) {
  if (header.connection != connection_ || header.epoch != epoch_) return std::nullopt;
  if (datagram.size() <= kOverheadBytes || datagram.size() > kMaxDatagramBytes) return std::nullopt;
  // A server has many openers. The cipher keeps the key of the last one.
  thread_local std::array<std::byte, kMaxBodyBytes> body;
  thread_local Cipher cipher;
  if (cipher == nullptr) cipher = cipher_for(keys_, /*seals=*/false);
  const Bytes sealed = datagram.subspan(kHeaderBytes, datagram.size() - kOverheadBytes);
  std::array<std::byte, kTagBytes> tag{};
  std::copy(datagram.end() - kTagBytes, datagram.end(), tag.begin());
  if (!begin(cipher.get(), raw(keys_.key().data()), nonce_of(keys_.salt(), header.counter),
             datagram.first(kHeaderBytes)) ||
      !run(cipher.get(), sealed, body.data()) ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) != 1 ||
      !finish(cipher.get())) {
    return std::nullopt;
  }
  return as_text({body.data(), sealed.size()});
}

}  // namespace comcat::datagram
