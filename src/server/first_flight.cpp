#include "first_flight.h"

#include <algorithm>
#include <string_view>

namespace comcat::server {
namespace {

constexpr std::uint8_t kTlsHandshake = 22;
constexpr std::size_t kTlsHeader = 5;
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::size_t record_size(std::span<const std::uint8_t> begun) {
  return kTlsHeader + (std::size_t{begun[3]} << 8) + begun[4];
}

bool begins_preface(std::span<const std::uint8_t> begun) {
  const std::size_t compared = std::min(begun.size(), kPreface.size());
  return std::equal(begun.begin(), begun.begin() + static_cast<std::ptrdiff_t>(compared),
                    kPreface.begin());
}

std::optional<std::size_t> once_there(std::size_t wanted, std::size_t there) {
  if (there >= wanted) return wanted;
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> first_flight(std::span<const std::uint8_t> begun) {
  if (begun.empty()) return std::nullopt;
  if (begun[0] == kTlsHandshake) {
    if (begun.size() < kTlsHeader) return std::nullopt;
    const std::size_t size = record_size(begun);
    if (size <= kMaxFirstFlight) return once_there(size, begun.size());
  } else if (begins_preface(begun)) {
    return once_there(kPreface.size(), begun.size());
  }
  return std::min(begun.size(), kMaxFirstFlight);
}

}  // namespace comcat::server
