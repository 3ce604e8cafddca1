#include "room_name.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <openssl/rand.h>

namespace comcat::server {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648, lower case
constexpr std::size_t kCharacters = 10;
constexpr std::ptrdiff_t kLeastDigits = 2;  // so that few words are like it

}  // namespace

std::string make_room_name() {
  std::string name(kCharacters, ' ');
  do {
    std::array<unsigned char, kCharacters> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) std::abort();
    std::ranges::transform(random, name.begin(),
                           [](unsigned char byte) { return kLetters[byte % kLetters.size()]; });
  } while (!is_unlisted(name));
  return name;
}

bool is_unlisted(std::string_view key) {
  return key.size() == kCharacters && key.find_first_not_of(kLetters) == std::string_view::npos &&
         std::ranges::count_if(key, [](char c) { return c <= '9'; }) >= kLeastDigits;
}

}  // namespace comcat::server
