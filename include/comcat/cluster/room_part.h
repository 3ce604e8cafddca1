#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::cluster {

/// Somebody in a room, wherever they are.
struct Person {
  wire::Resident resident;
  std::string name_key;  // base::comparison_key() of the name

  /// In the order in which they took their names: the older keeps it.
  [[nodiscard]] bool is_older_than(const Person& other) const {
    if (resident.named_ms != other.resident.named_ms) {
      return resident.named_ms < other.resident.named_ms;
    }
    return resident.member.session < other.resident.member.session;
  }
  /// Which of those with the name this is, from 1.
  [[nodiscard]] std::uint32_t place() const {
    return resident.member.twin > 1 ? resident.member.twin : 1;
  }
};

[[nodiscard]] Person make_person(wire::Resident resident);

/// Those whom one node has in a room, as the latest version that has come whole tells. Pages,
/// changes and versions may come in any order, twice, or not at all.
/// Threads: one.
class RoomPart {
 public:
  using People = std::map<wire::SessionNumber, Person>;

  /// Somebody whose entry has come, gone or changed.
  struct Touch {
    wire::SessionNumber session = 0;
    std::optional<wire::Resident> last{};  // of who has gone
  };
  using Touches = std::vector<Touch>;

  /// None where it is no news, or not whole yet.
  [[nodiscard]] Touches take(const wire::RoomPart& part, wire::NodeNumber from);
  /// None where it is of a version that one does not have.
  [[nodiscard]] Touches take(const wire::RoomDelta& delta, wire::NodeNumber from);

  [[nodiscard]] const People& people() const { return people_; }
  [[nodiscard]] const Person* find(wire::SessionNumber session) const;
  [[nodiscard]] std::uint64_t version() const { return version_; }

  void put(wire::Resident resident);
  void erase(wire::SessionNumber session) { people_.erase(session); }
  [[nodiscard]] Touches clear();
  /// The node is gone: all are away, and whatever it says next is news.
  [[nodiscard]] Touches set_away();

  base::Time heard{};                      // its owner's
  std::optional<base::Time> lost_until{};  // the node is gone; until then they may come back

 private:
  struct Assembly {
    std::uint64_t version = 0;
    std::map<std::uint32_t, std::vector<wire::Resident>> pages;
  };
  Touches replace(const std::vector<wire::Resident>& residents, wire::NodeNumber from);

  People people_;
  std::uint64_t version_ = 0;
  Assembly assembly_;
};

}  // namespace comcat::cluster
