#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace comcat::base {

inline constexpr std::size_t kPublicKeyBytes = 32;
inline constexpr std::size_t kSignatureBytes = 64;

/// A private key of Ed25519 (RFC 8032), and its public one. OpenSSL holds the secret, and
/// overwrites it with the last copy. Threads: any, at the same time.
class SigningKey {
 public:
  /// A new one. Aborts where the system has no randomness.
  [[nodiscard]] static SigningKey make();
  /// PKCS #8 in PEM form, without a passphrase. Nothing where that is no private key of Ed25519.
  /// Safe on any bytes.
  [[nodiscard]] static std::optional<SigningKey> from_pem(const std::string& pem);

  /// The secret: wipe() it after use.
  [[nodiscard]] std::string to_pem() const;
  /// kPublicKeyBytes.
  [[nodiscard]] const std::string& public_key() const { return public_key_; }
  /// kSignatureBytes.
  [[nodiscard]] std::string sign(std::string_view text) const;

 private:
  using Handle = std::shared_ptr<evp_pkey_st>;
  explicit SigningKey(Handle key);

  Handle key_;
  std::string public_key_;
};

/// Whether the private key of `public_key` has signed `text`: some 100 us of work. False for keys
/// and signatures that are none. Threads: any.
[[nodiscard]] bool has_signed(std::string_view public_key, std::string_view text,
                              std::string_view signature);

/// "key:" and 16 hexadecimal digits of the SHA-256 of a public key: what people tell keys apart by.
/// Threads: any.
[[nodiscard]] std::string key_fingerprint(std::string_view public_key);

}  // namespace comcat::base
