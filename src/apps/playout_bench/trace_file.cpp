#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
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

struct Row {
  Flight flight;  // sequence and timestamp are filled in later
  std::string speaker;
};

/// One line; nothing where it is malformed.
std::optional<Row> parse(std::string_view line) {
  const std::optional<double> sent = number(next_field(line));
  const std::string_view arrival = next_field(line);
  const std::optional<double> arrived = number(arrival);
  const std::optional<double> size = number(next_field(line));
  const std::string_view speaker = next_field(line);
  if (!sent.has_value() || !size.has_value() || !trimmed(line).empty()) return std::nullopt;
  if (!arrival.empty() && (!arrived.has_value() || *arrived < *sent)) return std::nullopt;
  Row row{.flight = {}, .speaker = std::string(speaker)};
  Flight& flight = row.flight;
  flight.sent = Micros{std::llround(*sent * 1000)};
  if (arrived.has_value()) flight.arrived = Micros{std::llround(*arrived * 1000)};
  return row;
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

absl::StatusOr<std::vector<Trace>> read_traces(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the trace ", path));
  const std::string name = std::filesystem::path(path).stem();
  std::vector<Trace> traces;
  std::map<std::string, std::size_t> places;  // by speaker
  std::string line;
  for (int row = 1; std::getline(file, line); ++row) {
    if (trimmed(line).empty()) continue;
    const std::optional<Row> parsed = parse(line);
    if (!parsed.has_value() && row == 1) continue;
    const std::string speaker = parsed.has_value() ? parsed->speaker : "";
    const auto [place, is_new] = places.try_emplace(speaker, traces.size());
    if (is_new) {
      traces.emplace_back().name = speaker.empty() ? name : absl::StrCat(name, ":", speaker);
    }
    std::vector<Flight>& flights = traces[place->second].flights;
    if (!parsed.has_value() || (!flights.empty() && parsed->flight.sent < flights.back().sent)) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, " line ", row,
          " is not \"send time in ms,arrival time in ms or nothing,size in bytes\", and a speaker "
          "where there are several, in the order of sending"));
    }
    flights.push_back(parsed->flight);
  }
  for (Trace& trace : traces) {
    number_flights(trace);
    if (trace.best_delay != Micros::max()) continue;
    return absl::InvalidArgumentError(absl::StrCat(trace.name, " holds no packet that arrived"));
  }
  if (traces.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " holds no packet"));
  return traces;
}

}  // namespace comcat::bench
