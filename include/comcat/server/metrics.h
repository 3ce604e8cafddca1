#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace comcat::bus {
struct Counters;
struct LogCounters;
class Peers;
}  // namespace comcat::bus

namespace comcat::server {

/// Why a voice frame did not reach a listener, or was not taken from a speaker.
enum class Drop { kQueueOverflow, kRateLimit, kMuted, kNotLoudest, kCount };
/// Why a caller was turned away.
enum class Refusal { kPasscode, kBanned, kFull, kAddressFull, kName, kProtocol, kCount };

/// Why a connection was closed before its caller was let in.
enum class Turned { kAddressLimit, kTotalLimit, kNoDescriptors, kStranger, kCount };

inline constexpr std::array kDropNames{"queue_overflow", "rate_limit", "muted", "not_loudest"};
inline constexpr std::array kRefusalNames{"passcode",     "banned", "full",
                                          "address_full", "name",   "protocol"};
inline constexpr std::array kTurnedNames{"address_limit", "total_limit", "no_descriptors",
                                         "stranger"};

/// A histogram with fixed upper bounds in microseconds; the last bucket is everything above.
class Histogram {
 public:
  static constexpr std::array<std::int64_t, 12> kBoundsUs{
      50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000};
  void add(std::int64_t us) {
    std::size_t bucket = 0;
    while (bucket < kBoundsUs.size() && us > kBoundsUs[bucket]) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0)),
                      std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t bucket(std::size_t i) const { return buckets_.at(i).load(); }
  [[nodiscard]] std::uint64_t sum_us() const { return sum_us_.load(); }

 private:
  std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

/// What the server counts. Written by its shard and its acceptor, read by whoever reports.
/// Threads: any; each figure is exact, several together are not a snapshot.
struct Metrics {
  using Counter = std::atomic<std::uint64_t>;
  Counter clients{0};
  Counter rooms{0};
  Counter joins{0};
  Counter frames_in{0};
  Counter bytes_in{0};
  Counter frames_out{0};
  Counter messages_out{0};
  Counter bytes_out{0};
  Counter texts{0};         // said in rooms
  Counter texts_unkept{0};  // and not said, as they could not be kept
  Counter closed_stalled{0};
  Counter closed_flooding{0};
  std::array<Counter, static_cast<std::size_t>(Drop::kCount)> drops{};
  std::array<Counter, static_cast<std::size_t>(Refusal::kCount)> refusals{};
  std::array<Counter, static_cast<std::size_t>(Turned::kCount)> turned_away{};
  Counter failed_accepts{0};
  Counter overdrawn{0};     // connections with admitted callers, cut
  Counter slowed{0};        // connections that had to wait, as their address is slowed down
  Counter datagrams_in{0};  // that authenticated, and are no replays
  Counter datagrams_out{0};
  Counter datagrams_unsent{0};  // that the system did not take
  Counter datagrams_forged{0};  // of no connection, or that do not authenticate
  Counter datagrams_replayed{0};
  Counter datagram_addresses{0};  // that a caller's datagrams came from, and that it has proven
  Counter voice_to_datagrams{0};  // listeners' voice that changed its way
  Counter voice_to_stream{0};
  Counter nodes{0};                  // of the cluster, this one too
  Counter nodes_gone{0};             // that ended, or were silent for too long
  Counter remote_frames_in{0};       // of voice, from other nodes
  Counter remote_frames_out{0};      // to them, each once however many there are
  Counter node_messages_refused{0};  // of nodes that are not known, or against the protocol
  Counter texts_shared{0};           // of the cluster's history, that have come from there
  Counter texts_refused{0};          // that came from there, and are nobody's
  std::shared_ptr<const bus::LogCounters> text_log{};  // as bus
  std::shared_ptr<bus::Peers> peers{};                 // likewise
  std::shared_ptr<const bus::Counters> bus{};          // set before others read; null: no cluster
  Histogram queue_age;
  Histogram write_latency;
  Histogram text_acknowledged;  // how long it takes until the cluster's history has one

  void dropped(Drop why, std::uint64_t frames = 1) {
    drops[static_cast<std::size_t>(why)].fetch_add(frames, std::memory_order_relaxed);
  }
  void refused(Refusal why) { refusals[static_cast<std::size_t>(why)].fetch_add(1); }
  void turned(Turned why) { turned_away[static_cast<std::size_t>(why)].fetch_add(1); }
};

}  // namespace comcat::server
