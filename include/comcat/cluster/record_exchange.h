#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "comcat/base/clock.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::cluster {

/// When a node asks another for records that it may lack, as their heartbeats say what each has: a
/// new one at once; one that is known when two heartbeats in a row differ, since a change is told
/// anyhow; and less and less often where asking does not help.
///
/// Threads    one.
/// Time       the caller's.
class RecordExchange {
 public:
  static constexpr std::chrono::seconds kAskAgain{2};
  static constexpr std::chrono::seconds kAskAtLast{64};
  static constexpr std::chrono::milliseconds kAnswerAgain{900};

  /// `node` has said the digest of its records, 0 where it knows of none; true where it is to be
  /// asked.
  [[nodiscard]] bool hear(wire::NodeNumber node, std::uint64_t theirs, std::uint64_t ours,
                          base::Time now);
  /// Whether `node`, which asks, is to be answered.
  [[nodiscard]] bool may_answer(wire::NodeNumber node, base::Time now);
  void lose(wire::NodeNumber node) { peers_.erase(node); }

 private:
  struct Peer {
    bool differs = true;  // so that a new one is asked at once
    base::Time ask_at{};
    std::chrono::seconds wait{kAskAgain};
    base::Time answer_at{};
  };
  std::map<wire::NodeNumber, Peer> peers_;  // of those that live
};

}  // namespace comcat::cluster
