#pragma once

#include <array>
#include <cstdint>
#include <queue>
#include <thread>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "support/link_model.h"
#include "support/udp_nat.h"

namespace comcat::testing {

/// The wire between two TUN devices: carries their packets as two LinkModels say, through a UdpNat
/// that stands at the end of the first.
///
/// Threads    one of its own carries the packets; the functions may be called from any.
/// Queues     packets on their way, without a bound but the models' own.
class LossyLink {
 public:
  enum Direction { kUp, kDown };  // from the first device to the second, and back

  LossyLink(base::FileDescriptor first, base::FileDescriptor second, std::uint64_t seed);
  ~LossyLink();
  LossyLink(const LossyLink&) = delete;
  LossyLink& operator=(const LossyLink&) = delete;

  /// For what enters from now on.
  void set(Direction direction, const LinkConditions& conditions);
  [[nodiscard]] LinkConditions conditions(Direction direction) const;
  [[nodiscard]] LinkModel::Counts counts(Direction direction) const;
  /// The router at the first device forgets which port it gave to whom.
  void forget_ports();

 private:
  using Bytes = std::vector<std::uint8_t>;
  struct OnTheWay {
    base::Time arrives;
    std::uint64_t number;  // of two at the same time the earlier goes first
    Direction direction;
    Bytes packet;
  };
  struct Later {
    bool operator()(const OnTheWay& a, const OnTheWay& b) const {
      return a.arrives != b.arrives ? a.arrives > b.arrives : a.number > b.number;
    }
  };

  void run(const std::stop_token& stop);
  /// Until a packet enters or arrives, or the end.
  void wait() const;
  void take_in(Direction direction, base::Time now);
  void enter(Direction direction, Bytes packet, base::Time now);
  void deliver(base::Time now);

  const std::array<base::FileDescriptor, 2> ends_;  // by the direction that begins there
  const base::FileDescriptor stopped_;              // an eventfd
  mutable absl::Mutex mutex_;
  std::array<LinkModel, 2> models_ ABSL_GUARDED_BY(mutex_);
  UdpNat nat_ ABSL_GUARDED_BY(mutex_);
  // The thread's own.
  std::priority_queue<OnTheWay, std::vector<OnTheWay>, Later> on_the_way_;
  std::uint64_t next_number_ = 0;
  std::jthread thread_;
};

}  // namespace comcat::testing
