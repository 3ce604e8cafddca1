#pragma once

#include <memory>

#include "comcat/bus/carrier.h"

namespace comcat::bus {

/// Carries between buses of one process, as NATS does between many: for tests, which take it away.
///
/// Capacity   kMaxWaiting messages that have not been taken, for each carrier; later ones are
///            dropped, as a Receiver is told.
/// Threads    any.
class LocalNetwork {
 public:
  static constexpr std::size_t kMaxWaiting = 1000;

  LocalNetwork();
  ~LocalNetwork();
  LocalNetwork(const LocalNetwork&) = delete;
  LocalNetwork& operator=(const LocalNetwork&) = delete;

  /// One that is joined to it, with a thread of its own. It may outlive the network.
  [[nodiscard]] std::unique_ptr<Carrier> join();

  /// Takes the network away from all, or gives it back.
  void set_up(bool up);

 private:
  class Exchange;
  class Joined;
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace comcat::bus
