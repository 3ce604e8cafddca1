#include "comcat/server/device.h"

#include <algorithm>
#include <cstdlib>

#include <openssl/rand.h>

#include "comcat/base/signing_key.h"
#include "comcat/wire/hello_proof.h"

namespace comcat::server {

std::string Device::make_nonce() {
  std::string nonce(wire::kNonceBytes, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(nonce.data());
  if (RAND_bytes(bytes, static_cast<int>(nonce.size())) != 1) std::abort();
  return nonce;
}

absl::Status Device::prove(const wire::Hello& hello, const std::vector<std::string>& certificates) {
  if (hello.key.size() != base::kPublicKeyBytes ||
      hello.signature.size() != base::kSignatureBytes) {
    return absl::InvalidArgumentError("a device key or signature that is none of Ed25519");
  }
  const bool signed_it =
      nonce.size() == wire::kNonceBytes &&
      std::ranges::any_of(certificates, [&](const std::string& certificate) {
        return base::has_signed(hello.key, wire::proof_text(hello, nonce, certificate),
                                hello.signature);
      });
  if (!signed_it) {
    return absl::PermissionDeniedError(
        "the signature of your device key is not for this connection: something stands between "
        "you and the server that it does not know of");
  }
  key = hello.key;
  return absl::OkStatus();
}

}  // namespace comcat::server
