#include "comcat/client/arrival_log.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace comcat::client {
namespace {

constexpr double kSamplesPerMs = 48;
constexpr double kHeadStartMs = 1000;
constexpr std::int64_t kMostLost = 1000;  // a larger gap is a sender that started again

}  // namespace

void ArrivalLog::begin(Speaker& speaker, const PacketArrival& arrival) {
  while (!speaker.waiting.empty()) write_first(speaker);
  const int starts = speaker.starts + 1;
  const std::string suffix = starts > 1 ? absl::StrCat("-", starts) : "";
  const Place place{arrival.sequence, arrival.timestamp};
  speaker = {.name = absl::StrCat(arrival.speaker, suffix),
             .starts = starts,
             .begin = arrival.at,
             .first = place,
             .newest = place,
             .written = {},
             .waiting = {}};
}

void ArrivalLog::insert(const PacketArrival& arrival) {
  auto found = speakers_.find(arrival.speaker);
  if (found == speakers_.end()) {
    if (speakers_.size() >= kMostSpeakers) return;
    found = speakers_.emplace(arrival.speaker, Speaker{}).first;
    begin(found->second, arrival);
  }
  Speaker& speaker = found->second;
  Place place{wire::unwrap(arrival.sequence, speaker.newest.sequence),
              wire::unwrap(arrival.timestamp, speaker.newest.timestamp)};
  if (std::abs(place.sequence - speaker.newest.sequence) > kMostLost) {
    begin(speaker, arrival);
    place = speaker.newest;
  }
  const Place& last = speaker.written.value_or(speaker.first);
  const bool too_late = place.sequence < last.sequence || place.timestamp < last.timestamp ||
                        (speaker.written.has_value() && place.sequence == last.sequence);
  if (too_late) return;
  speaker.waiting.try_emplace(place.sequence, Packet{place.timestamp, arrival.bytes, arrival.at});
  if (place.sequence > speaker.newest.sequence) speaker.newest = place;
}

std::string ArrivalLog::take(base::Time now) {
  for (auto& [number, speaker] : speakers_) {
    while (!speaker.waiting.empty() && now - speaker.waiting.begin()->second.at >= kPatience) {
      write_first(speaker);
    }
  }
  return std::exchange(lines_, {});
}

std::string ArrivalLog::take_all() {
  for (auto& [number, speaker] : speakers_) {
    while (!speaker.waiting.empty()) write_first(speaker);
  }
  return std::exchange(lines_, {});
}

/// What is missing before it is lost: it was sent evenly between its neighbours.
void ArrivalLog::write_first(Speaker& speaker) {
  const auto node = speaker.waiting.extract(speaker.waiting.begin());
  const Packet& packet = node.mapped();
  const auto sent_ms = [&](std::int64_t timestamp) {
    return static_cast<double>(timestamp - speaker.first.timestamp) / kSamplesPerMs;
  };
  const Place place{node.key(), packet.timestamp};
  const Place before = speaker.written.value_or(Place{place.sequence - 1, place.timestamp});
  const std::int64_t steps = place.sequence - before.sequence;
  for (std::int64_t i = 1; i < steps; ++i) {
    const std::int64_t since = (place.timestamp - before.timestamp) * i / steps;
    absl::StrAppendFormat(&lines_, "%.3f,,0,%s\n", sent_ms(before.timestamp + since), speaker.name);
  }
  const double at_ms =
      std::chrono::duration<double, std::milli>(packet.at - speaker.begin).count() + kHeadStartMs;
  absl::StrAppendFormat(&lines_, "%.3f,%.3f,%d,%s\n", sent_ms(place.timestamp), at_ms, packet.bytes,
                        speaker.name);
  speaker.written = place;
}

}  // namespace comcat::client
