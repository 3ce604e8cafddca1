#include "comcat/wire/hello_proof.h"

#include <cstdint>

namespace comcat::wire {
namespace {

constexpr std::string_view kLabel = "comcat hello 1";

/// The length of `field` in four bytes, the highest first, and the field.
void append(std::string& text, std::string_view field) {
  const auto size = static_cast<std::uint32_t>(field.size());
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(size >> shift & 0xFF);
  text += field;
}

}  // namespace

std::string proof_text(const Hello& hello, std::string_view nonce,
                       std::string_view certificate_fingerprint) {
  std::string text;
  for (const std::string_view field :
       {kLabel, nonce, certificate_fingerprint, std::string_view(hello.key),
        std::string_view(hello.name), std::string_view(hello.room)}) {
    append(text, field);
  }
  return text;
}

}  // namespace comcat::wire
