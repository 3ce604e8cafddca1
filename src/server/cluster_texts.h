#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "comcat/bus/message_log.h"
#include "comcat/server/cluster_settings.h"
#include "comcat/server/metrics.h"
#include "comcat/server/shared_texts.h"
#include "comcat/store/keeper.h"

#include "absl/status/statusor.h"

namespace comcat::server {

/// The log of texts that all servers of a cluster follow, between a shard and the engine that keeps
/// it: what the shard says goes there, and what comes from there goes to this server's keeper,
/// which has the shard hear it, or to the shard itself where there is none.
///
/// Threads    say(): the shard. What arrives is dealt with on a thread of the log's, which waits
///            while the keeper takes no more. start() and end(): the owner's.
/// Ownership  the keeper and the metrics outlive end().
class ClusterTexts final : public SharedTexts {
 public:
  /// Tells the shard what has become of a text. From any thread.
  using OnSaid = std::function<void(std::uint64_t ticket, absl::StatusOr<std::uint64_t> number)>;
  /// Has the shard hear texts. From a thread of the log's.
  using OnHeard = std::function<void(std::vector<store::LoggedText> texts)>;

  ClusterTexts(std::unique_ptr<bus::MessageLog> log, Metrics& metrics);

  /// Begins to follow. `keeper` may be null; it has the log up to `kept`.
  void start(store::Keeper* keeper, store::Followed kept, OnSaid on_said, OnHeard on_heard);
  /// Nothing is told any more once it returns.
  void end() { log_.reset(); }

  [[nodiscard]] bool say(std::uint64_t ticket, const wire::RoomText& text, std::string id) override;

 private:
  [[nodiscard]] bool take(const bus::LogPage& page);

  Metrics& metrics_;
  store::Keeper* keeper_ = nullptr;
  OnSaid on_said_;
  OnHeard on_heard_;
  std::unique_ptr<bus::MessageLog> log_;  // null once it has ended
};

/// The log of the texts of a cluster.
[[nodiscard]] std::unique_ptr<bus::MessageLog> make_text_log(const ClusterSettings& settings);

}  // namespace comcat::server
