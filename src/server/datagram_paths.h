#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/metrics.h"
#include "comcat/server/voice_path.h"

#include "datagram_intake.h"
#include "datagram_outbox.h"
#include "datagram_path.h"
#include "datagram_sockets.h"

namespace comcat::server {

/// The datagrams of one shard's callers: what has arrived goes to their paths and to the hub, and
/// what they send leaves at the end of the event that it came of.
///
/// Threads    its shard's; made and destroyed by the owner while that does not run.
/// Time       the caller's: tick() is due at next_deadline(), and may come at any time.
class DatagramPaths final : public VoicePaths {
 public:
  /// What is to be done with a packet of a caller's. It may close that caller.
  using Hear = std::function<void(Caller&, wire::VoicePacket, base::Time)>;

  /// `sockets`, which are bound to `port`, `intake` and `metrics` outlive it.
  DatagramPaths(const std::vector<DatagramSocket>& sockets, std::uint16_t port,
                DatagramIntake& intake, Metrics& metrics)
      : port_(port), intake_(intake), metrics_(metrics), outbox_(sockets, metrics) {}

  // VoicePaths
  [[nodiscard]] std::optional<wire::DatagramOffer> open(Caller& caller, base::Time now) override;

  void take(const std::vector<ArrivedDatagram>& batch, const Hear& hear, base::Time now);
  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline() const;
  /// Sends what waits: at the end of each event.
  void flush(base::Time now);

  // For the paths.
  DatagramOutbox& outbox() { return outbox_; }
  Metrics& metrics() { return metrics_; }
  void flush_later(DatagramPath& path) { waiting_.push_back(&path); }
  /// Its deadline may have changed.
  void reschedule(DatagramPath& path);
  void forget(DatagramPath& path);

 private:
  [[nodiscard]] DatagramPath* find(std::uint32_t connection);
  void hear_voice(const ArrivedDatagram& datagram, const Hear& hear, base::Time now);

  const std::uint16_t port_;
  DatagramIntake& intake_;
  Metrics& metrics_;
  DatagramOutbox outbox_;
  std::unordered_map<std::uint32_t, DatagramPath*> paths_;    // by connection
  std::set<std::pair<base::Time, DatagramPath*>> deadlines_;  // each at wakes(), where it has any
  std::vector<DatagramPath*> waiting_;                        // to be flushed, each once
};

}  // namespace comcat::server
