#include "datagram_fields.h"

#include <limits>

namespace comcat::wire {
namespace {

constexpr std::uint32_t kMaxEpoch = 15;  // it has four bits in a datagram

}  // namespace

void fill(::DatagramReport& out, const DatagramReport& report) {
  out.set_highest(report.highest);
  out.set_received(report.received);
}

DatagramReport report_from(const ::DatagramReport& report) {
  return {report.highest(), report.received()};
}

void fill(::DatagramOffer& out, const DatagramOffer& offer) {
  out.set_port(offer.port);
  out.set_connection(offer.connection);
  out.set_epoch(offer.epoch);
  out.set_up_key(offer.up_key);
  out.set_up_salt(offer.up_salt);
  out.set_down_key(offer.down_key);
  out.set_down_salt(offer.down_salt);
}

std::optional<DatagramOffer> offer_from(const ::DatagramOffer& offer) {
  if (offer.port() == 0 || offer.port() > std::numeric_limits<std::uint16_t>::max()) return {};
  if (offer.epoch() > kMaxEpoch) return {};
  return DatagramOffer{static_cast<std::uint16_t>(offer.port()),
                       offer.connection(),
                       static_cast<std::uint8_t>(offer.epoch()),
                       offer.up_key(),
                       offer.up_salt(),
                       offer.down_key(),
                       offer.down_salt()};
}

}  // namespace comcat::wire
