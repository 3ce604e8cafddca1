#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "playout_bench/trace.h"

namespace comcat::bench {
namespace {

constexpr double kLongestMs = 24 * 3600 * 1000.0;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Takes the text up to the next comma off the front of `line`.
std::string_view next_field(std::string_view& line) {
  const std::size_t comma = line.find(',');
  const std::string_view field = line.substr(0, comma);
  line = comma == std::string_view::npos ? std::string_view{} : line.substr(comma + 1);
  return trimmed(field);
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value >= 0 && value <= kLongestMs ? std::optional(value) : std::nullopt;
}

/// One line as a flight; nothing where it is malformed. Sequence and timestamp are filled in later.
std::optional<Flight> parse(std::string_view line) {
  const std::optional<double> sent = number(next_field(line));
  const std::string_view arrival = next_field(line);
  const std::optional<double> arrived = number(arrival);
  const std::optional<double> size = number(next_field(line));
  if (!sent.has_value() || !size.has_value() || !trimmed(line).empty()) return std::nullopt;
  if (!arrival.empty() && (!arrived.has_value() || *arrived < *sent)) return std::nullopt;
  Flight flight;
  flight.sent = Micros{std::llround(*sent * 1000)};
  if (arrived.has_value()) flight.arrived = Micros{std::llround(*arrived * 1000)};
  return flight;
}

/// Numbers the flights: a packet carries 20 ms, and a longer pause between two is silence.
void number_flights(Trace& trace) {
  trace.best_delay = Micros::max();
  std::size_t frame = 0;
  for (std::size_t i = 0; i < trace.flights.size(); ++i) {
    Flight& flight = trace.flights[i];
    if (i > 0) {
      const auto since = flight.sent - trace.flights[i - 1].sent;
      const auto frames = static_cast<std::size_t>(
          std::max<std::int64_t>(1, std::llround(static_cast<double>(since.count()) / 20'000)));
      trace.flights[i - 1].last_of_spurt = frames > 1;
      frame += frames;
    }
    flight.sequence = static_cast<std::uint32_t>(i);
    flight.timestamp = static_cast<std::uint32_t>(frame * 960);
    flight.frame = frame % 3000;
    if (flight.arrived.has_value()) {
      trace.best_delay = std::min(trace.best_delay, *flight.arrived - flight.sent);
    }
  }
}

}  // namespace

absl::StatusOr<Trace> read_trace(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the trace ", path));
  Trace trace;
  trace.name = path.substr(path.find_last_of('/') + 1);
  std::string line;
  for (int row = 1; std::getline(file, line); ++row) {
    if (trimmed(line).empty()) continue;
    const std::optional<Flight> flight = parse(line);
    if (!flight.has_value() && row == 1) continue;
    if (!flight.has_value() ||
        (!trace.flights.empty() && flight->sent < trace.flights.back().sent)) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, " line ", row,
          " is not \"send time in ms,arrival time in ms or nothing,size in bytes\" in order"));
    }
    trace.flights.push_back(*flight);
  }
  number_flights(trace);
  if (trace.flights.empty() || trace.best_delay == Micros::max()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds no packet that arrived"));
  }
  return trace;
}

}  // namespace comcat::bench
