#include "comcat/transport/destinations.h"

#include <algorithm>
#include <utility>

#include "comcat/transport/known_hosts.h"

namespace comcat::transport {
namespace {

bool is_same(const base::Address& one, const base::Address& other) {
  return one.host == other.host && one.port == other.port;
}

bool is_among(const base::Address& address, const std::vector<Destination>& all) {
  return std::ranges::any_of(all,
                             [&](const Destination& it) { return is_same(it.address, address); });
}

std::vector<Destination> all_named(std::vector<base::Address> named) {
  std::vector<Destination> out;
  for (base::Address& address : named) out.push_back({std::move(address)});
  return out;
}

}  // namespace

Destinations::Destinations(std::vector<base::Address> named, bool tls)
    : named_(all_named(std::move(named))),
      tls_(tls),
      reached_(named_.front()),
      turn_(named_.begin(), named_.end()) {}

bool Destinations::may_have_key() const {
  return is_same(at().address, reached_.address) || is_among(at().address, told_);
}

void Destinations::reached(const std::vector<wire::OtherServer>& others) {
  reached_ = at();
  learn(others);
}

void Destinations::learn(const std::vector<wire::OtherServer>& others) {
  told_.clear();
  for (const wire::OtherServer& other : others) {
    absl::StatusOr<base::Address> address = parse_address(other.address);
    const bool fits = tls_ ? is_fingerprint(other.fingerprint) : other.fingerprint.empty();
    if (address.ok() && fits) told_.push_back({*std::move(address), other.fingerprint});
  }
}

void Destinations::lost(bool is_left) {
  turn_.clear();
  add(reached_);
  for (const Destination& it : told_) add(it);
  for (const Destination& it : named_) add(it);
  if (is_left) next();
}

void Destinations::next() {
  turn_.push_back(turn_.front());
  turn_.pop_front();
}

bool Destinations::drop() {
  if (turn_.size() == 1) return false;
  turn_.pop_front();
  return true;
}

bool Destinations::has(const base::Address& address) const {
  return std::ranges::any_of(turn_,
                             [&](const Destination& it) { return is_same(it.address, address); });
}

/// Whom the user named is trusted as the user wants, whatever others tell.
void Destinations::add(const Destination& destination) {
  if (has(destination.address)) return;
  const auto named = std::ranges::find_if(
      named_, [&](const Destination& it) { return is_same(it.address, destination.address); });
  turn_.push_back(named == named_.end() ? destination : *named);
}

}  // namespace comcat::transport
