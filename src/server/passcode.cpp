#include "comcat/server/passcode.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace comcat::server {
namespace {

std::array<unsigned char, 32> sha256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace

Passcode::Passcode(const std::string& passcode)
    : open_(passcode.empty()), digest_(sha256(passcode)) {}

bool Passcode::matches(std::string_view given) const {
  const auto digest = sha256(given);
  return CRYPTO_memcmp(digest.data(), digest_.data(), digest.size()) == 0 || open_;
}

}  // namespace comcat::server
