#include "comcat/datagram/packet.h"

#include <cassert>

namespace comcat::datagram {
namespace {

constexpr std::size_t kConnectionBytes = 4;
constexpr std::size_t kCounterBytes = 6;

bool is_known(unsigned type) {
  return type >= static_cast<unsigned>(Type::kVoice) &&
         type <= static_cast<unsigned>(Type::kReport);
}

}  // namespace

std::optional<Header> parse_header(Bytes datagram) {
  if (datagram.size() <= kOverheadBytes || datagram.size() > kMaxDatagramBytes) return std::nullopt;
  const auto first = std::to_integer<unsigned>(datagram[0]);
  if (!is_known(first >> 4)) return std::nullopt;
  Header header;
  header.type = static_cast<Type>(first >> 4);
  header.epoch = first & kMaxEpoch;
  header.connection =
      static_cast<std::uint32_t>(read_number(datagram.data() + 1, kConnectionBytes));
  header.counter = read_number(datagram.data() + 1 + kConnectionBytes, kCounterBytes);
  return header;
}

void write_header(const Header& header, std::span<std::byte> out) {
  assert(out.size() >= kHeaderBytes && header.epoch <= kMaxEpoch && header.counter <= kMaxCounter);
  out[0] = static_cast<std::byte>((static_cast<unsigned>(header.type) << 4) | header.epoch);
  write_number(header.connection, kConnectionBytes, out.data() + 1);
  write_number(header.counter, kCounterBytes, out.data() + 1 + kConnectionBytes);
}

void write_number(std::uint64_t value, std::size_t bytes, std::byte* out) {
  for (std::size_t i = bytes; i-- > 0; value >>= 8) out[i] = static_cast<std::byte>(value & 0xff);
}

std::uint64_t read_number(const std::byte* in, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = (value << 8) | std::to_integer<unsigned>(in[i]);
  return value;
}

}  // namespace comcat::datagram
