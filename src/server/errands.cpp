#include "comcat/server/errands.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace comcat::server {
namespace {

/// Which part of the answer to which question a body is.
struct Part {
  std::uint64_t id = 0;
  std::uint32_t page = 0;
  std::uint32_t pages = 1;
};

std::optional<Part> part_of(const wire::NodeBody& body) {
  if (const auto* const it = std::get_if<wire::Answered>(&body)) return Part{it->id, 0, 1};
  if (const auto* const it = std::get_if<wire::ClaimAnswered>(&body)) return Part{it->id, 0, 1};
  if (const auto* const it = std::get_if<wire::PeopleAnswered>(&body)) {
    return Part{it->id, it->page, it->pages};
  }
  if (const auto* const it = std::get_if<wire::RoomsAnswered>(&body)) {
    return Part{it->id, it->page, it->pages};
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t Errands::add(const std::vector<wire::NodeNumber>& nodes, Done done, base::Time now) {
  Errand errand{std::move(done), now + kPatience};
  errand.waits_for.insert(nodes.begin(), nodes.end());
  if (nodes.empty()) errand.until = now;
  errands_.emplace(++last_id_, std::move(errand));
  return last_id_;
}

bool Errands::take(wire::NodeNumber from, const wire::NodeBody& body, base::Time now) {
  const std::optional<Part> part = part_of(body);
  if (!part) return false;
  const auto found = errands_.find(part->id);
  if (found == errands_.end() || !found->second.waits_for.contains(from)) return true;
  Errand& errand = found->second;
  auto& pages = errand.pages[from];
  pages.insert_or_assign(part->page, body);
  if (pages.size() < part->pages) return true;
  for (auto& [page, it] : pages) errand.result.replies.push_back({from, std::move(it)});
  errand.pages.erase(from);
  errand.waits_for.erase(from);
  if (errand.waits_for.empty()) finish(part->id, now);
  return true;
}

void Errands::lose(wire::NodeNumber node, base::Time now) {
  std::vector<std::uint64_t> over;
  for (auto& [id, errand] : errands_) {
    if (errand.waits_for.erase(node) > 0 && errand.waits_for.empty()) over.push_back(id);
  }
  for (const std::uint64_t id : over) finish(id, now);
}

void Errands::tick(base::Time now) {
  std::vector<std::uint64_t> over;
  for (const auto& [id, errand] : errands_) {
    if (errand.until <= now) over.push_back(id);
  }
  for (const std::uint64_t id : over) finish(id, now);
}

base::Time Errands::next_deadline() const {
  base::Time next = base::Time::max();
  for (const auto& [id, errand] : errands_) next = std::min(next, errand.until);
  return next;
}

void Errands::finish(std::uint64_t id, base::Time now) {
  auto over = errands_.extract(id);
  if (over.empty()) return;
  Errand& errand = over.mapped();
  errand.result.silent.assign(errand.waits_for.begin(), errand.waits_for.end());
  errand.done(errand.result, now);
}

}  // namespace comcat::server
