#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "comcat/cluster/digest.h"
#include "comcat/store/ban.h"
#include "comcat/wire/record_messages.h"

namespace comcat::server {

/// The devices that hosts have muted, by base::key_fingerprint(), so that who comes anew is muted
/// still. Not kept over a restart, but by all nodes alike.
///
/// Capacity   kMost, of which those that are muted no longer give way. Others are not remembered.
/// Threads    one: the shard.
/// Time       the caller's: the wall clock, by which nodes find out what is later.
class HostMutes {
 public:
  static constexpr std::size_t kMost = 10'000;

  /// Is told of what is changed by set(). Once, where it is wanted.
  void on_change(std::function<void(const wire::MuteRecord&)> told) { told_ = std::move(told); }

  [[nodiscard]] bool is_muted(const std::string& device) const;
  /// "" is no device.
  void set(const std::string& device, bool muted, store::WallTime now);

  /// What another node has, of which the later holds.
  void learn(const wire::MuteRecord& theirs);
  /// All that are remembered, muted or no longer.
  [[nodiscard]] std::vector<wire::MuteRecord> records() const;
  [[nodiscard]] const cluster::Digest& digest() const { return digest_; }

 private:
  /// False where there is no room.
  bool put(const wire::MuteRecord& record);
  void erase(const std::string& device);
  [[nodiscard]] bool make_room();

  std::function<void(const wire::MuteRecord&)> told_;
  std::map<std::string, wire::MuteRecord> records_;  // by device
  cluster::Digest digest_;
};

}  // namespace comcat::server
