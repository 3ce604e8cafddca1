#include "envelope.h"

namespace comcat::bus {
namespace {

void append(std::string& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift);
}

std::uint64_t take(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64; shift += 8) {
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes.front())) << shift;
    bytes.remove_prefix(1);
  }
  return number;
}

std::size_t header_bytes(Envelope::Kind kind) {
  return 2 + sizeof(std::uint64_t) * (kind == Envelope::Kind::kMessage ? 2 : 3);
}

}  // namespace

std::string seal(const Envelope& envelope, std::string_view bytes) {
  std::string out;
  out.reserve(header_bytes(envelope.kind) + bytes.size());
  out += static_cast<char>(Envelope::kVersion);
  out += static_cast<char>(envelope.kind);
  append(out, envelope.sender);
  append(out, static_cast<std::uint64_t>(envelope.stamp_us));
  if (envelope.kind != Envelope::Kind::kMessage) append(out, envelope.request);
  out += bytes;
  return out;
}

std::optional<Envelope> open(std::string_view& bytes) {
  if (bytes.size() < 2 || bytes[0] != static_cast<char>(Envelope::kVersion)) return std::nullopt;
  const auto kind = static_cast<std::uint8_t>(bytes[1]);
  if (kind > static_cast<std::uint8_t>(Envelope::Kind::kAnswer)) return std::nullopt;
  Envelope out{.kind = static_cast<Envelope::Kind>(kind)};
  if (bytes.size() < header_bytes(out.kind)) return std::nullopt;
  bytes.remove_prefix(2);
  out.sender = take(bytes);
  out.stamp_us = static_cast<std::int64_t>(take(bytes));
  if (out.kind != Envelope::Kind::kMessage) out.request = take(bytes);
  if (out.sender == 0 || (out.kind != Envelope::Kind::kMessage && out.request == 0)) {
    return std::nullopt;
  }
  return out;
}

}  // namespace comcat::bus
