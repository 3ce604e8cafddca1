#pragma once

#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/datagram/control.h"
#include "comcat/datagram/packet.h"
#include "comcat/datagram/received_tally.h"
#include "comcat/datagram/send_path.h"

namespace comcat::datagram {

/// One end of a connection's datagrams, as far as it decides anything: which way one's own voice
/// goes (SendPath), and when the peer is told what has arrived of its (ReceivedTally). It seals,
/// opens, sends and reads nothing; whoever does tells it, and asks due() what is to be sent.
///
/// Where a report goes: with Way::kDatagram as a datagram, with Way::kStream as a message of the
/// stream, else as both. So each end hears of its own direction whether or not the other one works.
///
/// Time       an argument; it may jump. due() is due at next_deadline(), and may come at any time.
/// Threads    one at a time.
class PathState {
 public:
  /// What is to leave now.
  struct Due {
    bool probe = false;   // as a datagram, with probe() for a body
    bool report = false;  // with report(), by way()
  };

  /// The client `keeps_alive`: its probes keep open what NATs and firewalls have opened for it. It
  /// also reports less often while nothing is lost either way: a server that speaks to many is
  /// reported to by many.
  PathState(bool keeps_alive, base::Time now)
      : reports_calmly_(keeps_alive), out_(keeps_alive, now) {}

  /// A datagram of ours has left; of any type.
  void sent(Type type, std::uint64_t counter, base::Time now) { out_.sent(type, counter, now); }
  /// A datagram of the peer's has arrived that authenticated and is no replay; of any type. What is
  /// in it comes on its own: probe_came(), echo_came(), told().
  void received(const Header& header, base::Time now) {
    const bool calm = reports_calmly_ && out_.way() == Way::kDatagram && out_.loss() == 0;
    in_.add(header.counter, header.type == Type::kVoice, calm, now);
  }

  /// A probe has come. What its echo says, which is to leave at once to where the probe came from.
  [[nodiscard]] Probe probe_came(const Probe& probe, base::Time now);
  /// True where it answers a probe of ours.
  bool echo_came(const Probe& echo, base::Time now);
  /// A report has come, in a datagram or on the stream.
  void told(const Report& report, base::Time now) { out_.told(report, now); }
  /// Either end's address has changed, or may have.
  void moved(base::Time now) { out_.moved(now); }

  [[nodiscard]] Due due(base::Time now);
  [[nodiscard]] base::Time next_deadline() const;

  /// The probe that due() asked for; `token` is a random_number().
  [[nodiscard]] Probe probe(std::uint64_t token, base::Time now);
  /// The report that due() asked for.
  [[nodiscard]] Report report(base::Time now);

  [[nodiscard]] Way way() const { return out_.way(); }
  [[nodiscard]] const SendPath& out() const { return out_; }
  [[nodiscard]] const ReceivedTally& in() const { return in_; }

 private:
  const bool reports_calmly_;
  SendPath out_;
  ReceivedTally in_;
};

}  // namespace comcat::datagram
