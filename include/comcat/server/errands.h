#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// What this node has asked other nodes, until each has answered, is gone, or kPatience is over.
///
/// Capacity   as much as its callers ask, each one thing at a time.
/// Threads    one: the shard.
/// Time       the caller's: tick() is due at next_deadline(), and may come at any time.
class Errands {
 public:
  static constexpr std::chrono::milliseconds kPatience{1000};

  struct Reply {
    wire::NodeNumber from = 0;
    wire::NodeBody body;  // a page of it
  };
  struct Result {
    std::vector<Reply> replies{};            // of those who have answered whole
    std::vector<wire::NodeNumber> silent{};  // who have not
  };
  using Done = std::function<void(const Result&, base::Time now)>;

  /// `done` is told once, later; the id is what the question has to carry.
  [[nodiscard]] std::uint64_t add(const std::vector<wire::NodeNumber>& nodes, Done done,
                                  base::Time now);
  /// False where `body` is no answer. One that nobody waits for is dropped.
  bool take(wire::NodeNumber from, const wire::NodeBody& body, base::Time now);
  /// The node is gone, and answers no more.
  void lose(wire::NodeNumber node, base::Time now);

  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline() const;

 private:
  struct Errand {
    Done done;
    base::Time until{};
    std::map<wire::NodeNumber, std::map<std::uint32_t, wire::NodeBody>> pages{};
    std::set<wire::NodeNumber> waits_for{};
    Result result{};
  };
  void finish(std::uint64_t id, base::Time now);

  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Errand> errands_;
};

}  // namespace comcat::server
