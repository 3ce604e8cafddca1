#include "comcat/server/neighbours.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/base/text.h"
#include "comcat/bus/peers.h"
#include "comcat/server/outlet.h"
#include "comcat/wire/cluster_convert.h"

namespace comcat::server {
namespace {

using base::LogLevel;

std::string shown(const std::string& text) {
  return text.empty() ? "-" : base::safe_text(text, wire::kMaxNodeAddressBytes);
}

std::string line_of(const wire::Heartbeat& told, wire::NodeNumber number, base::Duration age,
                    base::Duration silent) {
  const auto whole = [](base::Duration time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).count());
  };
  std::string line = shown(told.name) + "  " + std::to_string(number) + "  " + shown(told.version) +
                     "  " + shown(told.address) + "  load " +
                     std::to_string(told.load_permille / 10) + "%  rooms " +
                     std::to_string(told.rooms) + "  people " + std::to_string(told.people) +
                     "  for " + whole(age) + "s";
  if (silent >= 2 * Neighbours::kBeat) line += "  silent for " + whole(silent) + "s";
  if (told.draining) line += "  drains";
  return line;
}

}  // namespace

Neighbours::Neighbours(const ClusterOptions& options, Metrics& metrics)
    : options_(options), metrics_(metrics) {
  own_.name = options.name;
  own_.version = options.version;
  own_.address = options.address;
  own_.fingerprint = options.fingerprint;
  metrics_.nodes = 1;
}

const wire::Heartbeat& Neighbours::measure(base::Time now) {
  if (began_ == base::Time{}) began_ = now;
  const base::Duration passed = now - std::exchange(measured_, now);
  if (options_.busy_time && passed > base::Duration::zero()) {
    const base::Duration busy = options_.busy_time();
    const base::Duration spent = busy - std::exchange(busy_, busy);
    own_.load_permille =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(1000 * spent / passed, 0, 1000));
  }
  own_.rooms = static_cast<std::uint32_t>(metrics_.rooms);
  own_.people = static_cast<std::uint32_t>(metrics_.clients);
  return own_;
}

const wire::Heartbeat& Neighbours::going(bool ends) {
  own_.draining = true;
  own_.ending = ends;
  return own_;
}

bool Neighbours::look_at(const cluster::NodeTable& table) {
  std::vector<wire::OtherServer> others;
  for (const auto& [number, node] : table.all()) {
    const wire::Heartbeat& told = node.told;
    if (!told.address.empty() && !told.draining) others.push_back({told.address, told.fingerprint});
  }
  if (others == others_) return false;
  others_ = std::move(others);
  return true;
}

std::vector<wire::OtherServer> Neighbours::others(wire::SessionNumber session) const {
  std::vector<wire::OtherServer> out;
  const std::size_t count = others_.size();
  for (std::size_t i = 0; i < std::min(count, wire::kMaxOtherServers); ++i) {
    out.push_back(others_[(session + i) % count]);
  }
  return out;
}

void Neighbours::note(wire::NodeNumber number, cluster::NodeTable::Heard what,
                      const cluster::NodeTable& table) {
  metrics_.nodes = table.all().size() + 1;
  const auto found = table.all().find(number);
  if (what == cluster::NodeTable::Heard::kAppeared && found != table.all().end()) {
    const wire::Heartbeat& told = found->second.told;
    if (metrics_.peers) metrics_.peers->name(found->second.who.incarnation, told.name);
    incarnations_[number] = found->second.who.incarnation;
    base::log(LogLevel::kInfo, "node_found",
              {{"node", told.name}, {"number", number}, {"address", told.address}});
  } else if (what == cluster::NodeTable::Heard::kEnded) {
    metrics_.nodes_gone.fetch_add(1);
    if (metrics_.peers) metrics_.peers->forget(incarnations_[number]);
    incarnations_.erase(number);
    base::log(LogLevel::kWarning, "node_gone", {{"number", number}});
  }
}

void Neighbours::note_taken(const wire::Heartbeat& told, wire::NodeNumber number) {
  base::log(LogLevel::kError, "node_number_taken",
            {{"node", told.name},
             {"number", number},
             {"why", "it is ours too, and neither hears the other; restart one of them"}});
}

std::string Neighbours::described(const cluster::NodeTable& table, base::Time now) const {
  std::string out = line_of(own_, options_.self.node, now - began_, base::Duration::zero());
  for (const auto& [number, node] : table.all()) {
    out += "\n" + line_of(node.told, number, now - node.since, now - node.heard);
  }
  if (!options_.outlet->is_connected()) out += "\nNATS is away, and so are all others";
  return out;
}

}  // namespace comcat::server
