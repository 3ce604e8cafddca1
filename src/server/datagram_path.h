#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "comcat/datagram/path_state.h"
#include "comcat/datagram/peer_address.h"
#include "comcat/datagram/replay_window.h"
#include "comcat/datagram/seal.h"
#include "comcat/server/caller.h"
#include "comcat/server/rate_limit.h"
#include "comcat/server/voice_path.h"

#include "datagram_address.h"
#include "datagram_intake.h"
#include "repeater.h"

namespace comcat::server {

class DatagramPaths;

/// One caller's datagrams: which way its voice goes, where it is, what waits for the end of the
/// event.
///
/// Threads    its shard's.
/// Ownership  the listener's; `paths` and the caller outlive it.
class DatagramPath final : public VoicePath {
 public:
  DatagramPath(DatagramPaths& paths, Caller& caller, std::uint32_t connection,
               datagram::Sealer sealer, base::Time now);
  ~DatagramPath() override;
  DatagramPath(const DatagramPath&) = delete;
  DatagramPath& operator=(const DatagramPath&) = delete;

  // VoicePath
  [[nodiscard]] bool send(const Payload& frame, base::Time now) override;
  [[nodiscard]] bool is_first(std::uint32_t sequence) override { return sequences_.take(sequence); }
  void told(const wire::DatagramReport& report, base::Time now) override;
  [[nodiscard]] std::optional<base::Duration> round_trip() const override {
    return state_.out().round_trip();
  }

  /// One of the caller's has arrived. What it says of the way is done; the voice in it is for the
  /// hub.
  void arrived(const ArrivedDatagram& datagram, base::Time now);
  /// Sends what the state of the way wants sent.
  void serve(base::Time now);
  /// Sends what has waited.
  void flush(base::Time now);

  /// When serve() is due.
  [[nodiscard]] base::Time next_deadline() const;
  /// For DatagramPaths: when it is to look at next_deadline() again, at the latest.
  [[nodiscard]] base::Time wakes() const { return wakes_; }
  void wakes_at(base::Time when) { wakes_ = when; }
  [[nodiscard]] std::uint32_t connection() const { return connection_; }
  [[nodiscard]] Caller& caller() { return caller_; }

 private:
  void answer(const ArrivedDatagram& probe, base::Time now);
  void believe(const ArrivedDatagram& echo, base::Time now);
  /// Asks whoever is at an address that is not believed yet for the token.
  void challenge(const DatagramAddress& to, base::Time now);
  void seal(datagram::Type type, std::string_view body, const DatagramAddress& to, base::Time now);
  void report(base::Time now);
  /// While some of it is lost on the way, what was sent last goes before what waits.
  void repeat_last(base::Time now);
  void flush_together(base::Time now);
  /// Once anything has happened: counts where voice has changed its way.
  void settle();

  DatagramPaths& paths_;
  Caller& caller_;
  const std::uint32_t connection_;
  datagram::Sealer sealer_;
  datagram::PathState state_;
  datagram::PeerAddress<DatagramAddress> address_;
  datagram::SequenceFilter sequences_;
  base::Time wakes_ = base::Time::max();
  RateLimit control_;                   // probes, echoes and reports of the caller's
  std::vector<Payload> waiting_;        // for flush()
  std::unique_ptr<Repeater> repeater_;  // null: nothing is lost
  bool by_datagrams_ = false;           // voice took them when it was counted last
};

}  // namespace comcat::server
