#include "comcat/datagram/control.h"

#include <array>

#include "comcat/datagram/packet.h"

namespace comcat::datagram {
namespace {

constexpr std::size_t kTokenBytes = 8;
constexpr std::size_t kHighestBytes = 6;
constexpr std::size_t kReceivedBytes = 4;

Report read_report(const std::byte* in) {
  return {read_number(in, kHighestBytes),
          static_cast<std::uint32_t>(read_number(in + kHighestBytes, kReceivedBytes))};
}

}  // namespace

std::string encode(const Report& report) {
  std::array<std::byte, kReportBytes> out{};
  write_number(report.highest, kHighestBytes, out.data());
  write_number(report.received, kReceivedBytes, out.data() + kHighestBytes);
  return std::string(as_text(out));
}

std::string encode(const Probe& probe) {
  std::array<std::byte, kTokenBytes> token{};
  write_number(probe.token, kTokenBytes, token.data());
  return std::string(as_text(token)) + encode(probe.report);
}

std::optional<Report> parse_report(std::string_view body) {
  if (body.size() != kReportBytes) return std::nullopt;
  return read_report(as_bytes(body).data());
}

std::optional<Probe> parse_probe(std::string_view body) {
  if (body.size() != kProbeBytes) return std::nullopt;
  const std::byte* const in = as_bytes(body).data();
  return Probe{read_number(in, kTokenBytes), read_report(in + kTokenBytes)};
}

}  // namespace comcat::datagram
