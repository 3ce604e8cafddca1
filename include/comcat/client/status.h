#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Values and functions of them. Threads: any.
namespace comcat::client {

/// What the status line says of the call, as coarse as it is shown: two that are equal look the
/// same.
struct Status {
  struct Talker {
    std::string name;        // as others gave it
    int bars = 0;            // level_bars()
    std::uint32_t twin = 0;  // the number beside the name, from 2
    bool operator==(const Talker&) const = default;
  };

  enum class Microphone { kOpen, kMuted, kMutedByHost, kHushed };

  std::string room;
  std::size_t heads = 0;
  std::vector<Talker> talkers;
  int own_bars = 0;
  std::optional<int> heard_bars;  // of all that is played, while somebody talks
  Microphone microphone = Microphone::kOpen;
  bool deafened = false;
  bool offline = false;
  bool lossy = false;
  std::optional<std::chrono::milliseconds> round_trip;
  std::optional<std::chrono::milliseconds> playout;  // the slowest talker's delay

  bool operator==(const Status&) const = default;
};

/// How loud in bars of 0 (a quiet room) to 4 (close to full scale).
[[nodiscard]] int level_bars(unsigned level_dbov);

/// Terminals that are narrower have no status line.
inline constexpr std::size_t kLeastStatusColumns = 40;

/// The status line of a terminal of this locale, shorter than `columns`; "" where it is too narrow.
/// What finds no space is left out: first the delays, then the later talkers.
[[nodiscard]] std::string status_row(const Status& status, std::size_t columns);

}  // namespace comcat::client
