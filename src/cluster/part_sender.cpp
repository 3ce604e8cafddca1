#include "comcat/cluster/part_sender.h"

#include <algorithm>
#include <set>
#include <utility>

#include "comcat/wire/cluster_convert.h"

namespace comcat::cluster {

std::vector<wire::NodeBody> PartSender::pages(RoomTable& table, base::Time now) const {
  const RoomPart::People& people = table.own().people();
  const std::size_t most = wire::kMaxPageResidents;
  const auto count = static_cast<std::uint32_t>(
      std::clamp<std::size_t>((people.size() + most - 1) / most, 1, wire::kMaxPages));
  std::vector<wire::NodeBody> out;
  auto next = people.begin();
  for (std::uint32_t page = 0; page < count; ++page) {
    wire::RoomPart part{table.name(), version_, page, count, {}, {}, {}};
    if (page == 0) {
      part.gone = table.own_gone(now);
      part.lost = table.lost(now);
    }
    for (; next != people.end() && part.residents.size() < most; ++next) {
      part.residents.push_back(next->second.resident);
    }
    out.emplace_back(std::move(part));
  }
  return out;
}

std::vector<wire::NodeBody> PartSender::changes(RoomTable& table, std::uint64_t& version,
                                                base::Time now) {
  const std::set<wire::SessionNumber> changed = table.take_own_changed();
  const std::uint64_t base = std::exchange(version_, ++version);
  const bool is_short = table.own().people().size() <= kWholeUpTo;
  if (base == 0 || is_short || changed.size() > wire::kMaxPageResidents) return pages(table, now);
  wire::RoomDelta delta{table.name(), base, version_, {}, table.own_gone(now)};
  for (const wire::SessionNumber session : changed) {
    if (const Person* const person = table.own().find(session)) {
      delta.changed.push_back(person->resident);
    }
  }
  return {std::move(delta)};
}

void PartSender::schedule(const RoomTable& table, base::Time now, bool news) {
  if (news) {
    last_change_ = now;
    farewells_ = 0;
  }
  again_ = now + (news ? kSoon : kAgain);
  if (table.own().people().empty() && ++farewells_ >= kFarewells) again_.reset();
}

std::vector<wire::NodeBody> PartSender::poll(RoomTable& table, std::uint64_t& version,
                                             base::Time now) {
  if (next_deadline(table) > now) return {};
  const bool news = table.has_own_changed();
  std::vector<wire::NodeBody> out = news ? changes(table, version, now) : pages(table, now);
  schedule(table, now, news);
  return out;
}

std::vector<wire::NodeBody> PartSender::whole(RoomTable& table, base::Time now) const {
  return version_ == 0 ? std::vector<wire::NodeBody>{} : pages(table, now);
}

base::Time PartSender::next_deadline(const RoomTable& table) const {
  if (table.has_own_changed()) {
    return last_change_ ? *last_change_ + kGather : base::Time::min();
  }
  return again_.value_or(base::Time::max());
}

}  // namespace comcat::cluster
