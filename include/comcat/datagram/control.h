#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What the two ends tell each other of their datagrams. Threads: any.
namespace comcat::datagram {

/// What has arrived of the peer's datagrams, all types of them: sums since the welcome, so that a
/// report that is lost is made up for by the next. It travels in datagrams and on the stream.
struct Report {
  std::uint64_t highest = 0;   // one more than the highest counter; 0: nothing has arrived
  std::uint32_t received = 0;  // how many, replays not counted; wraps

  friend bool operator==(const Report&, const Report&) = default;
};

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
