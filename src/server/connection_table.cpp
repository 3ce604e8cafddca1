#include "comcat/server/connection_table.h"

#include <algorithm>
#include <utility>

#include "comcat/base/log.h"
#include "comcat/server/admission_address.h"

namespace comcat::server {
namespace {

using base::LogLevel;

// For so long a stranger is in nobody's way: he has only just come.
constexpr std::chrono::milliseconds kWelcome{250};
constexpr std::size_t kAskedAtATime = 8;
// Of all at each watch, so that within two seconds all are while somebody sends.
constexpr std::size_t kAskedOf = 16;
constexpr std::size_t kAtATime =
    2;  // are let in, or cut for others: each may cost gRPC milliseconds

// Where guests come in there are more of them: for each, so many strangers need not wait for gRPC
// to have time. It is little that a guest can do for those who are none.
constexpr std::size_t kForEachGuest = 3;
constexpr std::size_t kMaxCredit = 32;

// So many may wait for a place in gRPC before they are thinned out: as many as there are places.
// For each who comes so many have to go, so that a crowd grows smaller.
constexpr std::size_t kMaxWaiting = 32;
constexpr std::size_t kThinned = 4;

constexpr std::string_view kTooMuch = "it sent too much before it was admitted";

}  // namespace

ConnectionTable::ConnectionTable(const ConnectionLimits& limits, Metrics& metrics)
    : limits_(limits), metrics_(metrics), places_(limits.strangers) {}

std::optional<ConnectionTable::Id> ConnectionTable::add(const std::string& peer,
                                                        std::unique_ptr<Line> line,
                                                        base::Time now) {
  const std::string address = admission_address(peer);
  if (const std::optional<Turned> limit = limit_reached(address, now)) {
    metrics_.turned(*limit);
    base::log(LogLevel::kWarning, "connection_refused",
              {{"address", address}, {"why", "too many connections"}});
    return std::nullopt;
  }
  const Id id = ++last_;
  const std::string name = connection_name(peer);
  by_address_[address].insert(id);
  by_name_.emplace(name, id);
  connections_.emplace(id, Connection{std::move(line), address, name, now});
  return id;
}

void ConnectionTable::heard(Id id, base::Time now) {
  const Entry entry = connections_.find(id);
  if (entry == connections_.end() || entry->second.stage != Stage::kSilent) return;
  Connection& connection = entry->second;
  const std::optional<std::size_t> flight = connection.line->first_flight();
  if (!flight) return;
  connection.flight_bytes = *flight;
  connection.stage = Stage::kWaiting;
  if (!waiting_.push(connection.address, id, now)) metrics_.slowed.fetch_add(1);
}

void ConnectionTable::slow(const std::string& address, base::Time now) {
  const std::chrono::milliseconds gap = waiting_.slow(address, now);
  base::log(LogLevel::kWarning, "address_slowed", {{"address", address}, {"gap_ms", gap.count()}});
}

bool ConnectionTable::let_in(HasTime has_time, base::Time now) {
  ask_who_has_a_place();
  const std::size_t at_most = (has_time.grpc ? kAtATime : 0) + credit_;
  std::size_t entered = 0;
  for (; entered < at_most && crowded(); ++entered) {
    const std::optional<Standing> worst = places_.open_to(now);
    const std::optional<Id> next = worst ? waiting_.pop(*worst, now) : std::nullopt;
    if (!next) break;
    give_to_grpc(connections_.find(*next), now);
  }
  credit_ -= std::min(credit_, entered);
  thin_out(now);
  const auto peers_turn = [&](Id id) { return connections_.at(id).line->peers_turn(); };
  std::size_t left = 0;
  for (; has_time.grpc && left < kAtATime; ++left) {
    const std::optional<Id> weakest =
        places_.weakest(waiting_.size(), !has_time.machine, peers_turn, now);
    if (!weakest) break;
    cut(connections_.find(*weakest), "others wait for its place");
  }
  return entered + left > 0;
}

void ConnectionTable::ask_who_has_a_place() {
  if (!crowded()) return;
  for (const Id id : places_.holders_of_all()) {
    const Entry entry = connections_.find(id);
    if (!entry->second.line->is_open()) forget(entry);
  }
}

ConnectionTable::Id ConnectionTable::first_newcomer(base::Time now) const {
  Id first = last_ + 1;
  for (auto entry = connections_.rbegin(); entry != connections_.rend(); ++entry) {
    if (now - entry->second.accepted > kWelcome) break;
    first = entry->first;
  }
  return first;
}

void ConnectionTable::thin_out(base::Time now) {
  std::size_t left = waiting_.came() * kThinned;
  if (left == 0 || !places_.given_in_vain()) return;
  const Id newcomers = first_newcomer(now);
  for (; left > 0 && waiting_.size() > kMaxWaiting; --left) {
    const std::optional<Id> youngest = waiting_.youngest_of_crowd(newcomers);
    if (!youngest) return;
    cut(connections_.find(*youngest), "too many wait with it");
  }
}

void ConnectionTable::give_to_grpc(Entry entry, base::Time now) {
  auto& [id, connection] = *entry;
  const std::uint64_t max_bytes = connection.flight_bytes + limits_.stranger_bytes;
  if (!connection.line->hand_over(max_bytes)) {
    cut(entry, kTooMuch);
    return;
  }
  places_.take(id, connection.line->round_trip(), now);
  connection.stage = Stage::kInGrpc;
}

std::vector<ConnectionTable::Entry> ConnectionTable::connections_of(const std::string& peer) {
  std::vector<Entry> found;
  const auto [begin, end] = by_name_.equal_range(connection_name(peer));
  for (auto next = begin; next != end; ++next) found.push_back(connections_.find(next->second));
  return found;
}

void ConnectionTable::vouch(const std::string& peer, base::Time now) {
  for (const Entry entry : connections_of(peer)) {
    if (entry->second.stage == Stage::kInGrpc) {
      credit_ = std::min(credit_ + kForEachGuest, kMaxCredit);
      waiting_.admit(entry->second.address, now);
    }
    entry->second.stage = Stage::kGuest;
    waiting_.erase(entry->second.address, entry->first);
    places_.admit(entry->first);
  }
}

void ConnectionTable::refuse(const std::string& peer) {
  for (const Entry entry : connections_of(peer)) {
    if (entry->second.stage != Stage::kInGrpc) continue;
    entry->second.stage = Stage::kRefused;
    places_.refuse(entry->first);
  }
}

bool ConnectionTable::watch(base::Time now) {
  waiting_.release(now);
  ask(std::max(kAskedAtATime, size() / kAskedOf));
  bool some_are_left = false;
  for (Entry next = connections_.begin(); next != connections_.end();) {
    const Entry entry = next++;
    if (entry->second.stage == Stage::kGuest) continue;
    if (!entry->second.line->is_open()) {
      forget(entry);
    } else {
      const std::optional<std::string_view> why = offence(entry->second, now);
      if (why) cut(entry, *why);
      if (!why) some_are_left = true;
    }
  }
  return some_are_left;
}

std::optional<std::string_view> ConnectionTable::offence(const Connection& connection,
                                                         base::Time now) const {
  const bool in_grpc = connection.stage == Stage::kInGrpc || connection.stage == Stage::kRefused;
  if (in_grpc &&
      connection.line->bytes_received() > connection.flight_bytes + limits_.stranger_bytes) {
    return kTooMuch;
  }
  const bool silent = connection.stage == Stage::kSilent;
  if (now - connection.accepted > (silent ? limits_.flight_patience : limits_.stranger_patience)) {
    return "it was not admitted in time";
  }
  return std::nullopt;
}

void ConnectionTable::cut(Entry stranger, std::string_view why) {
  if (!stranger->second.line->is_open()) {  // unnoticed: what it had may be somebody else's by now
    forget(stranger);
    return;
  }
  metrics_.turned(Turned::kStranger);  // before he notices
  const auto& [id, connection] = *stranger;
  connection.line->cut();
  base::log(LogLevel::kWarning, "connection_cut", {{"address", connection.address}, {"why", why}});
  places_.give_back(id, std::move(stranger->second.line));
  forget(stranger);
}

ConnectionTable::Entry ConnectionTable::forget(Entry entry) {
  const Id id = entry->first;  // clang lets no lambda capture a structured binding
  const Connection& connection = entry->second;
  places_.give_back(id);
  waiting_.erase(connection.address, id);
  const auto ids = by_address_.find(connection.address);
  ids->second.erase(id);
  if (ids->second.empty()) by_address_.erase(ids);
  const auto [begin, end] = by_name_.equal_range(connection.name);
  by_name_.erase(std::find_if(begin, end, [&](const auto& named) { return named.second == id; }));
  return connections_.erase(entry);
}

void ConnectionTable::cut_all() {
  for (const auto& [id, connection] : connections_) {
    if (connection.line->is_open()) connection.line->cut();
  }
}

std::optional<Turned> ConnectionTable::limit_reached(const std::string& address, base::Time now) {
  const auto address_is_full = [&] {
    const auto found = by_address_.find(address);
    return found != by_address_.end() && found->second.size() >= limits_.per_address;
  };
  const auto all_is_full = [&] { return size() >= limits_.in_all; };
  if (address_is_full() || all_is_full()) ask(kAskedAtATime);
  if (address_is_full() && !make_room_within(address, now)) return Turned::kAddressLimit;
  if (all_is_full() && !make_room_elsewhere(address) && !make_room_within(address, now)) {
    return Turned::kTotalLimit;
  }
  return std::nullopt;
}

ConnectionTable::Stage ConnectionTable::standing(const Connection& connection) {
  const bool is_guest = connection.stage == Stage::kGuest;
  return is_guest && !connection.line->has_caller() ? Stage::kInGrpc : connection.stage;
}

bool ConnectionTable::make_room_within(const std::string& address, base::Time now) {
  const auto own = by_address_.find(address);
  if (own == by_address_.end()) return false;
  Entry weakest = connections_.end();
  Stage least = Stage::kGuest;
  for (const Id id : own->second) {
    const Entry entry = connections_.find(id);
    if (now - entry->second.accepted <= kWelcome) break;  // as have all after it
    const Stage stage = standing(entry->second);
    if (stage < entry->second.stage && !entry->second.line->is_open()) {
      forget(entry);
      return true;
    }
    if (stage < least) least = stage, weakest = entry;
  }
  if (weakest == connections_.end()) return false;
  cut(weakest, "too many connections from there");
  return true;
}

bool ConnectionTable::make_room_elsewhere(const std::string& address) {
  const auto is_stranger = [&](Id id) { return standing(connections_.at(id)) != Stage::kGuest; };
  const auto own = by_address_.find(address);
  auto most = own == by_address_.end() ? std::ptrdiff_t{0} : std::ssize(own->second);
  auto crowd = by_address_.end();
  for (auto entry = by_address_.begin(); entry != by_address_.end(); ++entry) {
    const auto count = std::ranges::count_if(entry->second, is_stranger);
    if (count > most) most = count, crowd = entry;
  }
  if (crowd == by_address_.end()) return false;
  const Id oldest = *std::ranges::find_if(crowd->second, is_stranger);
  cut(connections_.find(oldest), "too many connections, most of them from there");
  return true;
}

void ConnectionTable::ask(std::size_t most) {
  for (std::size_t i = 0; i < most && !connections_.empty(); ++i) {
    Entry next = connections_.upper_bound(asked_);
    if (next == connections_.end()) next = connections_.begin();
    asked_ = next->first;
    if (!next->second.line->is_open()) forget(next);
  }
}

}  // namespace comcat::server
