#include "comcat/server/connection_table.h"

#include <algorithm>
#include <utility>

#include "comcat/base/log.h"
#include "comcat/server/admission_address.h"

namespace comcat::server {
namespace {

using base::LogLevel;

/// The port of "ipv4:192.0.2.1:4000".
std::string port_of(const std::string& peer) {
  return peer.substr(peer.rfind(':') + 1);
}

}  // namespace

bool ConnectionTable::add(const std::string& peer, std::unique_ptr<Line> line, base::Time now) {
  const std::string address = admission_address(peer);
  if (const std::optional<Turned> limit = limit_reached(address)) {
    metrics_.turned(*limit);
    base::log(LogLevel::kWarning, "connection_refused",
              {{"address", address}, {"why", "too many connections"}});
    return false;
  }
  by_address_[address].push_back({std::move(line), port_of(peer), now});
  ++size_;
  return true;
}

void ConnectionTable::vouch(const std::string& peer) {
  const auto found = by_address_.find(admission_address(peer));
  if (found == by_address_.end()) return;
  for (Connection& connection : found->second) {
    if (connection.port == port_of(peer)) connection.stranger = false;
  }
}

bool ConnectionTable::watch(base::Time now) {
  bool some_are_left = false;
  for (auto& [address, connections] : by_address_) {
    const auto has_to_go = [&, &from = address](const Connection& connection) {
      if (!connection.stranger) return false;
      if (!connection.line->is_open()) return true;
      const std::optional<std::string_view> why = offence(connection, now);
      if (why) cut(from, connection, *why);
      if (!why) some_are_left = true;
      return why.has_value();
    };
    size_ -= std::erase_if(connections, has_to_go);
  }
  std::erase_if(by_address_, [](const auto& entry) { return entry.second.empty(); });
  return some_are_left;
}

std::optional<std::string_view> ConnectionTable::offence(const Connection& connection,
                                                         base::Time now) const {
  if (connection.line->bytes_received() > limits_.stranger_bytes) {
    return "it sent too much before it was admitted";
  }
  if (now - connection.accepted > limits_.stranger_patience) return "it was not admitted in time";
  return std::nullopt;
}

void ConnectionTable::cut(const std::string& address, const Connection& stranger,
                          std::string_view why) {
  metrics_.turned(Turned::kStranger);  // before he notices
  stranger.line->cut();
  base::log(LogLevel::kWarning, "connection_cut", {{"address", address}, {"why", why}});
}

void ConnectionTable::cut_all() {
  for (const auto& [address, connections] : by_address_) {
    for (const Connection& connection : connections) {
      if (connection.line->is_open()) connection.line->cut();
    }
  }
}

std::optional<Turned> ConnectionTable::limit_reached(const std::string& address) {
  const auto from_here = [&]() -> std::size_t {
    const auto found = by_address_.find(address);
    return found == by_address_.end() ? 0 : found->second.size();
  };
  if (from_here() >= limits_.per_address) forget_ended(by_address_[address]);
  if (size_ >= limits_.in_all) forget_ended();
  if (from_here() >= limits_.per_address) return Turned::kAddressLimit;
  if (size_ >= limits_.in_all && !make_room_for(address)) return Turned::kTotalLimit;
  return std::nullopt;
}

bool ConnectionTable::make_room_for(const std::string& address) {
  const auto is_stranger = [](const Connection& c) { return c.stranger; };
  const auto own = by_address_.find(address);
  auto most = own == by_address_.end() ? std::ptrdiff_t{0} : std::ssize(own->second);
  auto crowd = by_address_.end();
  for (auto entry = by_address_.begin(); entry != by_address_.end(); ++entry) {
    const auto count = std::ranges::count_if(entry->second, is_stranger);
    if (count > most) most = count, crowd = entry;
  }
  if (crowd == by_address_.end()) return false;
  const auto oldest = std::ranges::find_if(crowd->second, is_stranger);
  cut(crowd->first, *oldest, "too many connections, most of them from there");
  crowd->second.erase(oldest);
  --size_;
  return true;
}

void ConnectionTable::forget_ended(Connections& connections) {
  size_ -= std::erase_if(connections, [](const Connection& c) { return !c.line->is_open(); });
}

void ConnectionTable::forget_ended() {
  for (auto& [address, connections] : by_address_) forget_ended(connections);
  std::erase_if(by_address_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace comcat::server
