#pragma once

#include <array>
#include <string>
#include <string_view>

namespace comcat::server {

/// Compares passcodes in a time that does not depend on where they differ: SHA-256 of both, then
/// CRYPTO_memcmp. The passcode itself is not kept. Threads: any, as a value.
class Passcode {
 public:
  /// Empty: everyone may come in (--open).
  explicit Passcode(const std::string& passcode);
  [[nodiscard]] bool matches(std::string_view given) const;

 private:
  bool open_;
  std::array<unsigned char, 32> digest_{};
};

}  // namespace comcat::server
