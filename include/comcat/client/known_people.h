#pragma once

#include <string>
#include <utility>
#include <vector>

#include "comcat/client/memory.h"
#include "comcat/wire/messages.h"

namespace comcat::client {

/// Whom a user hears in his own way: louder, lower, or not at all. Somebody is known by the name,
/// where neither says by a key that he is another; a name that is claimed is the same person's on
/// every device. Who is ignored is so under any name on the same device.
///
/// Capacity   ServerMemory::kMaxPeople; the oldest are forgotten first.
/// Threads    one at a time.
class KnownPeople {
 public:
  explicit KnownPeople(std::vector<PersonMemory> people) : people_(std::move(people)) {}

  /// Of whoever goes by `name`; `member` is the one who does now, if anybody does.
  void set_volume(const std::string& name, const wire::Member* member, int percent);
  void set_ignored(const std::string& name, const wire::Member* member, bool ignored);
  void forget() { people_.clear(); }

  [[nodiscard]] bool is_ignored(const wire::Member& member) const;
  /// Whether texts of somebody who may have gone are passed over, of whom only the name is known.
  [[nodiscard]] bool is_ignored(const std::string& name) const;
  /// 0 for somebody who is ignored.
  [[nodiscard]] float gain(const wire::Member& member) const;

  [[nodiscard]] const std::vector<PersonMemory>& all() const { return people_; }

 private:
  PersonMemory& find_or_make(const std::string& name, const wire::Member* member);
  void forget_ordinary();

  std::vector<PersonMemory> people_;
};

}  // namespace comcat::client
