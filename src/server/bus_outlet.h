#pragma once

#include <functional>
#include <string>
#include <vector>

#include "comcat/bus/bus.h"
#include "comcat/server/outlet.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::server {

/// The way of a shard to other nodes over a bus, and back: what arrives waits here until the shard
/// takes it, and costs it one wake-up however much it is.
///
/// Capacity   kMaxWaiting messages that the shard has not taken; later ones are dropped, as nothing
///            is said but once.
/// Threads    those of Outlet: the shard. take(): the shard. start(): any.
/// Ownership  the bus is to end before the shard does, and this after both.
class BusOutlet final : public Outlet {
 public:
  static constexpr std::size_t kMaxWaiting = 10'000;

  explicit BusOutlet(bus::Bus& bus) : bus_(bus) {}

  /// From now on `wake` is called, on the bus's thread, when the first message waits.
  void start(std::function<void()> wake) ABSL_LOCKS_EXCLUDED(mutex_);
  /// What has come.
  [[nodiscard]] std::vector<FromNode> take() ABSL_LOCKS_EXCLUDED(mutex_);

  void send(const Topic& topic, std::string bytes) override;
  void listen(const Topic& topic) override;
  void ignore(const Topic& topic) override;
  [[nodiscard]] bool is_connected() const override { return bus_.is_connected(); }

 private:
  void keep(FromNode message) ABSL_LOCKS_EXCLUDED(mutex_);

  bus::Bus& bus_;
  absl::Mutex mutex_;
  std::function<void()> wake_ ABSL_GUARDED_BY(mutex_);
  std::vector<FromNode> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::server
