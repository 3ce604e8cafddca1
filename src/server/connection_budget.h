#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "comcat/base/clock.h"

namespace comcat::server {

/// What was used beyond what there was a reason for, less what is forgiven with time. Threads: one.
class Excess {
 public:
  explicit Excess(double forgiven_per_second) : forgiven_per_second_(forgiven_per_second) {}

  /// Since the last call so much was used, and so much of it was accounted for.
  void add(std::uint64_t used, std::uint64_t accounted, base::Duration passed) {
    const double forgiven = forgiven_per_second_ * std::chrono::duration<double>(passed).count();
    level_ += static_cast<double>(used) - static_cast<double>(accounted) - forgiven;
    level_ = std::max(level_, 0.0);
  }
  [[nodiscard]] double level() const { return level_; }

 private:
  double forgiven_per_second_;
  double level_ = 0;
};

/// What has been counted of a connection since it began, by the kernel and by its calls.
struct ConnectionCounts {
  std::uint64_t received = 0;  // by the kernel, from the peer
  std::uint64_t sent = 0;      // by the kernel, and acknowledged by the peer
  std::uint64_t bytes_in = 0;  // accounted for: see ConnectionAccount
  std::uint64_t bytes_out = 0;
  std::uint64_t streams = 0;
};

/// Whether an admitted caller's connection is used for calls, or to exhaust a server: gRPC 1.51 has
/// no bound for frames that carry no message (headers that never end, pings, settings, window
/// updates), nor for streams that are reset as they begin. All of them are bytes on the line that
/// no message accounts for.
///
/// Threads  one at a time.
class ConnectionBudget {
 public:
  /// A budget from `now` on: what was `counted` before is forgotten.
  ConnectionBudget(const ConnectionCounts& counted, base::Time now) : last_(counted), at_(now) {}

  /// What the connection is to be cut for, at `now`.
  [[nodiscard]] std::optional<std::string_view> check(const ConnectionCounts& counted,
                                                      base::Time now);

  /// What was received and is not accounted for, in bytes; and how much more of it may be.
  [[nodiscard]] double excess() const { return received_.level(); }
  [[nodiscard]] std::uint64_t bytes_left() const {
    return kBytes - std::min(kBytes, static_cast<std::uint64_t>(received_.level()));
  }

  // What arrives of a message is nobody's until it is whole, and one that is too large is refused
  // only then. A stream that is not read has a window of 16 KiB on its way; small frames, and TLS,
  // make 26 KiB of it. What is forgiven with time is the answers to gRPC's pings: what is held for
  // headers that never end is some 400 times what was sent.
  static constexpr std::uint64_t kBytes = 112UL * 1024;
  static constexpr double kBytesPerSecond = 32;
  // Counted when they are written and when they are acknowledged: a listener's buffers lie between.
  static constexpr std::uint64_t kBytesOut = 512UL * 1024;
  static constexpr double kBytesOutPerSecond = 32 * 1024;
  static constexpr double kStreams = 24;
  static constexpr double kStreamsPerSecond = 2;

 private:
  ConnectionCounts last_;
  base::Time at_;
  Excess received_{kBytesPerSecond};
  Excess sent_{kBytesOutPerSecond};
  Excess streams_{kStreamsPerSecond};
};

}  // namespace comcat::server
