#include "comcat/datagram/keys.h"

#include <algorithm>

#include <openssl/rand.h>
#include <string.h>

#include "comcat/datagram/packet.h"

namespace comcat::datagram {
namespace {

template <std::size_t N>
bool randomise(std::array<std::byte, N>& out) {
  return RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(N)) == 1;
}

template <std::size_t N>
void copy(std::string_view from, std::array<std::byte, N>& to) {
  std::ranges::copy(as_bytes(from), to.begin());
}

}  // namespace

std::optional<Keys> Keys::random() {
  Keys keys;
  if (!randomise(keys.key_) || !randomise(keys.salt_)) return std::nullopt;
  return keys;
}

std::optional<Keys> Keys::of(std::string_view key, std::string_view salt) {
  if (key.size() != kKeyBytes || salt.size() != kSaltBytes) return std::nullopt;
  Keys keys;
  copy(key, keys.key_);
  copy(salt, keys.salt_);
  return keys;
}

Keys::~Keys() {
  ::explicit_bzero(key_.data(), key_.size());
  ::explicit_bzero(salt_.data(), salt_.size());
}

std::string Keys::key_text() const {
  return std::string(as_text(key_));
}

std::string Keys::salt_text() const {
  return std::string(as_text(salt_));
}

std::optional<std::uint64_t> random_number() {
  std::array<std::byte, sizeof(std::uint64_t)> bytes{};
  if (!randomise(bytes)) return std::nullopt;
  return read_number(bytes.data(), bytes.size());
}

}  // namespace comcat::datagram
