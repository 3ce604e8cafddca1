#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "comcat/wire/messages.h"

/// What the two ends tell each other of their datagrams. Threads: any.
namespace comcat::datagram {

using Report = wire::DatagramReport;

/// The body of a probe and of its echo, which returns the token. A probe to an address shows by its
/// echo that whoever is there reads what is sent there.
struct Probe {
  std::uint64_t token = 0;
  Report report;

  friend bool operator==(const Probe&, const Probe&) = default;
};

inline constexpr std::size_t kReportBytes = 10;
inline constexpr std::size_t kProbeBytes = 8 + kReportBytes;

[[nodiscard]] std::string encode(const Report& report);
[[nodiscard]] std::string encode(const Probe& probe);
/// Nothing where the body has another length.
[[nodiscard]] std::optional<Report> parse_report(std::string_view body);
[[nodiscard]] std::optional<Probe> parse_probe(std::string_view body);

}  // namespace comcat::datagram
