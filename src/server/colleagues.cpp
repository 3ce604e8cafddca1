#include "comcat/server/colleagues.h"

#include <variant>

namespace comcat::server {
namespace {

/// Has whoever it concerns do it.
struct Obliging {
  Colleagues& colleagues;
  const wire::Sender& from;
  base::Time now;

  bool operator()(const wire::PrivateText& it) const { return colleagues.texts.oblige(from, it); }
  bool operator()(const wire::Order& it) const { return colleagues.orders.oblige(from, it, now); }
  bool operator()(const wire::PeopleAsked& it) const {
    return colleagues.directory.oblige(from, it, now);
  }
  bool operator()(const wire::RoomsAsked& it) const {
    return colleagues.directory.oblige(from, it);
  }
  bool operator()(const wire::Heartbeat& it) const {
    colleagues.records.oblige(from, it, now);
    return true;
  }
  bool operator()(const wire::RecordsAsked& it) const {
    return colleagues.records.oblige(from, it, now);
  }
  bool operator()(const wire::RecordsTold& it) const {
    return colleagues.records.oblige(from, it, now);
  }
  bool operator()(const wire::ClaimAsked& it) const {
    return colleagues.records.oblige(from, it, now);
  }
  bool operator()(const wire::PairAsked& it) const {
    return colleagues.records.oblige(from, it, now);
  }
  /// What others see to.
  template <typename Body>
  bool operator()(const Body& /*it*/) const {
    return true;
  }
};

}  // namespace

bool Colleagues::oblige(const wire::NodeMessage& message, base::Time now) {
  return std::visit(Obliging{*this, message.from, now}, message.body);
}

}  // namespace comcat::server
