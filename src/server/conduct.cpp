#include "comcat/server/conduct.h"

#include <algorithm>
#include <utility>

namespace comcat::server {
namespace {

using Measure = Excess::Measure;

constexpr double kTolerance = 1.05;  // clocks differ
constexpr double kMinCommandBurst = 5;

/// How long one who sends too many commands is not read. Short: its voice waits too.
constexpr std::chrono::milliseconds kRefusedPause{20};

RateLimit rate(double per_second, std::chrono::milliseconds burst, double at_least = 1) {
  const double at_once = per_second * static_cast<double>(burst.count()) / 1000;
  return {per_second * kTolerance, std::max(at_once, at_least)};
}

}  // namespace

Conduct::Conduct(const ConductLimits& limits)
    : limits_(limits),
      frames_(rate(limits.max_frames_per_second, limits.voice_burst)),
      bytes_(rate(limits.max_bytes_per_second, limits.voice_burst)),
      commands_(rate(limits.max_commands_per_second, limits.command_burst, kMinCommandBurst)) {}

void Conduct::forgive(base::Time now) {
  if (frames_.full(now) && bytes_.full(now)) voice_flood_ = {};
  if (commands_.full(now)) command_flood_ = {};
}

Excess Conduct::count_voice(std::size_t bytes, base::Time now) {
  const base::Duration for_frames = frames_.spend(1, now);
  const base::Duration for_bytes = bytes_.spend(static_cast<double>(bytes), now);
  const base::Duration pause = std::max(for_frames, for_bytes);
  if (pause == base::Duration::zero()) return {};
  return {hold_back(voice_flood_, pause, now), for_bytes > for_frames ? "bytes" : "frames"};
}

Excess Conduct::count_repeated(std::size_t bytes, base::Time now) {
  const std::size_t counted = std::max(bytes, kLeastRepeatedBytes);
  const base::Duration pause = bytes_.spend(static_cast<double>(counted), now);
  if (pause == base::Duration::zero()) return {};
  return {hold_back(voice_flood_, pause, now), "bytes"};
}

bool Conduct::is_silenced(base::Time now) const {
  return voice_flood_.since != base::Time{} && now - voice_flood_.since >= limits_.flood_silence;
}

Excess Conduct::count_command(std::string_view what, base::Time now) {
  if (commands_.take(1, now)) return {};
  return {hold_back(command_flood_, kRefusedPause, now), what};
}

Measure Conduct::hold_back(Flood& flood, base::Duration pause, base::Time now) {
  read_after_ = now + pause;
  if (flood.since == base::Time{}) flood.since = now;
  const base::Duration lasted = now - flood.since;
  if (lasted < limits_.flood_notice) return Measure::kReadLater;
  if (!std::exchange(flood.warned, true)) return Measure::kWarn;
  if (lasted < limits_.flood_notice + limits_.flood_grace) return Measure::kReadLater;
  return Measure::kDisconnect;
}

}  // namespace comcat::server
