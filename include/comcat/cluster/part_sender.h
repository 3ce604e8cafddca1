#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/cluster/room_table.h"

namespace comcat::cluster {

/// When a node says its part of one room: the first change after a quiet time at once, those that
/// follow within kGather together; again kSoon later, and each kAgain while it has somebody. That
/// nobody is left is said kFarewells times.
/// Threads: one. Time: the caller's.
class PartSender {
 public:
  static constexpr std::chrono::milliseconds kGather{100};
  static constexpr std::chrono::milliseconds kSoon{500};
  static constexpr std::chrono::milliseconds kAgain{2000};
  static constexpr int kFarewells = 4;
  /// Up to as many people a change is said by saying all.
  static constexpr std::size_t kWholeUpTo = 32;

  /// What is due. `version` is the node's, and goes up with each change of any part.
  [[nodiscard]] std::vector<wire::NodeBody> poll(RoomTable& table, std::uint64_t& version,
                                                 base::Time now);
  /// All that the part has, for whoever asks; none where poll() is to say it first.
  [[nodiscard]] std::vector<wire::NodeBody> whole(RoomTable& table, base::Time now) const;
  /// When poll() is due; Time::max() where nothing is.
  [[nodiscard]] base::Time next_deadline(const RoomTable& table) const;
  /// Nothing is there to be said any more.
  [[nodiscard]] bool is_done(const RoomTable& table) const {
    return !table.has_own_changed() && !again_;
  }

 private:
  [[nodiscard]] std::vector<wire::NodeBody> pages(RoomTable& table, base::Time now) const;
  [[nodiscard]] std::vector<wire::NodeBody> changes(RoomTable& table, std::uint64_t& version,
                                                    base::Time now);
  void schedule(const RoomTable& table, base::Time now, bool news);

  std::uint64_t version_ = 0;  // that was said last
  std::optional<base::Time> last_change_;
  std::optional<base::Time> again_;
  int farewells_ = 0;
};

}  // namespace comcat::cluster
