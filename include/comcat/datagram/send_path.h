#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"
#include "comcat/datagram/control.h"
#include "comcat/datagram/evidence.h"
#include "comcat/datagram/loss_window.h"
#include "comcat/datagram/packet.h"
#include "comcat/datagram/probe_book.h"

namespace comcat::datagram {

/// Which way one's voice goes.
enum class Way { kStream, kBoth, kDatagram };

/// Decides which way the voice of one direction goes, at its sender, from what the peer proves to
/// have received.
///
///     kStarting  probes at kBurst after the beginning; in use after 3 echoes       stream
///     kInUse     reports prove it; probes keep the way open and measure it         datagrams
///     kDoubtful  1 s without a proof of voice or probes, until the next: as at the
///                beginning, then a probe a second                                  both
///     kClosed    2 s and 10 datagrams without proof, or over 40 % lost for 3 s     stream
///     kTrying    after a pause: 5 probes, 1 s apart, each echoed before the next   stream
///
/// The pause is 5 s, and doubles up to 5 min with each try that fails and with each use that does
/// not last a minute.
///
/// Time       an argument; it may jump. tick() is due at next_deadline(), and may come at any time.
/// Threads    one at a time.
class SendPath {
 public:
  static constexpr std::array<std::chrono::milliseconds, 5> kBurst{
      std::chrono::milliseconds(0), std::chrono::milliseconds(100), std::chrono::milliseconds(300),
      std::chrono::milliseconds(700), std::chrono::milliseconds(1500)};
  static constexpr std::chrono::milliseconds kStartWithin{2500};
  static constexpr std::size_t kEchoesToStart = 3;
  static constexpr std::chrono::seconds kDoubtAfter{1};
  static constexpr std::chrono::seconds kCloseAfter{2};
  static constexpr std::uint64_t kUnprovenToClose = 10;
  static constexpr double kMaxLoss = 0.4;
  static constexpr std::chrono::seconds kProbeGap{1};
  static constexpr std::size_t kProbesToReturn = 5;
  static constexpr std::chrono::seconds kFirstPause{5};
  static constexpr std::chrono::minutes kLongestPause{5};
  static constexpr std::chrono::minutes kLastingUse{1};  // from then on it is no try any more
  static constexpr std::chrono::seconds kEarlyKeepalive{5};
  static constexpr std::chrono::seconds kKeepalive{15};
  static constexpr double kWatchedLoss = 0.02;  // from here on a probe a second, as with doubt

  enum class Phase { kStarting, kInUse, kDoubtful, kClosed, kTrying };

  /// `keeps_alive`: probes also while all is well, as the end behind a NAT has to.
  SendPath(bool keeps_alive, base::Time now);

  /// A datagram of ours has left, of whichever type.
  void sent(Type type, std::uint64_t counter, base::Time now);
  /// The peer says what has arrived there, by whichever way. What cannot be is ignored.
  void told(const Report& report, base::Time now);
  /// An echo came. True where it answers one of our probes.
  bool echoed(std::uint64_t token, base::Time now);
  /// Our address or the peer's has changed, or may have: both ways until there is proof, or a new
  /// start where the way was closed.
  void moved(base::Time now);

  /// True where a probe is to leave now; probe_sent() follows when it has, before the next tick().
  [[nodiscard]] bool tick(base::Time now);
  void probe_sent(std::uint64_t token, base::Time now);
  [[nodiscard]] base::Time next_deadline() const;

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] Way way() const;
  /// Of the newest probe that was echoed; nothing before the first.
  [[nodiscard]] std::optional<base::Duration> round_trip() const { return round_trips_.newest; }
  /// By how much those of the first three echoes differ; nothing before. Begins anew where the way
  /// is closed or has moved.
  [[nodiscard]] std::optional<base::Duration> spread() const;
  /// Lost lately on this way, 0 to 1.
  [[nodiscard]] double loss() const { return losses_.loss(); }

 private:
  /// How a phase began, and what it has brought.
  struct Course {
    base::Time began;
    std::size_t probes = 0;  // sent in it
    std::size_t echoes = 0;
  };

  /// Of probes that were echoed: the newest's, and those that spread() compares.
  struct RoundTrips {
    std::optional<base::Duration> newest;
    base::Duration shortest = base::Duration::max();
    base::Duration longest{};
    std::size_t compared = 0;

    void add(base::Duration round_trip);
    void compare_anew();
  };

  void enter(Phase phase, base::Time now);
  void begin_use(base::Time now);
  void close(base::Time now);
  [[nodiscard]] base::Time next_probe_after(base::Time now) const;

  const bool keeps_alive_;
  Phase phase_ = Phase::kStarting;
  Course course_;
  base::Time next_probe_;
  base::Duration pause_{};  // before the next try; zero before the first
  base::Time used_since_{};
  Evidence evidence_;
  LossWindow losses_;
  ProbeBook probes_;
  RoundTrips round_trips_;
};

}  // namespace comcat::datagram
