#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace comcat::datagram {

/// What seals one direction of one connection: AES-128-GCM, and the salt of its nonces. Fresh for
/// every welcome, so no nonce is ever used twice. Overwritten when it goes.
///
/// Threads    a plain value.
class Keys {
 public:
  static constexpr std::size_t kKeyBytes = 16;
  static constexpr std::size_t kSaltBytes = 12;

  /// Random ones; nothing where the system has no randomness.
  [[nodiscard]] static std::optional<Keys> random();
  /// Those that a welcome named; nothing where the lengths are wrong.
  [[nodiscard]] static std::optional<Keys> of(std::string_view key, std::string_view salt);

  Keys(const Keys&) = default;
  Keys& operator=(const Keys&) = default;
  ~Keys();

  /// For a welcome. Who gets these wipes them (base::wipe).
  [[nodiscard]] std::string key_text() const;
  [[nodiscard]] std::string salt_text() const;

  [[nodiscard]] const std::array<std::byte, kKeyBytes>& key() const { return key_; }
  [[nodiscard]] const std::array<std::byte, kSaltBytes>& salt() const { return salt_; }

 private:
  Keys() = default;

  std::array<std::byte, kKeyBytes> key_{};
  std::array<std::byte, kSaltBytes> salt_{};
};

/// 64 random bits that nobody guesses: tokens of probes, and the numbers of connections. Nothing
/// where the system has no randomness. Threads: any.
[[nodiscard]] std::optional<std::uint64_t> random_number();

}  // namespace comcat::datagram
