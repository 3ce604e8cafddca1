// Tickets, and the keys that seal them.

#include <algorithm>

#include "comcat/base/secret.h"
#include "comcat/base/signing_key.h"
#include "comcat/wire/cluster_convert.h"

#include "cluster.pb.h"
#include "resident_fields.h"

namespace comcat::wire {
namespace {

namespace proto = ::comcat_cluster;

}  // namespace

std::string encode_ticket(const Ticket& ticket) {
  proto::Ticket out;
  out.set_cluster(ticket.cluster);
  out.set_room(ticket.room);
  fill(*out.mutable_who(), ticket.who);
  out.set_device_key(ticket.device_key);
  out.set_expires_ms(ticket.expires_ms);
  return out.SerializeAsString();
}

absl::StatusOr<Ticket> parse_ticket(Bytes bytes) {
  proto::Ticket in;
  if (bytes.size() > kMaxTicketBytes ||
      !in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("what is no ticket");
  }
  Ticket out{in.cluster(), in.room(), resident_from(in.who()), in.device_key(), in.expires_ms()};
  const bool good = is_node_name(out.cluster) && fault_of_name(out.room).empty() &&
                    fault_of(out.who).empty() && out.expires_ms <= kMaxTimeMs &&
                    (out.device_key.empty() || out.device_key.size() == base::kPublicKeyBytes);
  if (!good) return absl::InvalidArgumentError("a ticket that there cannot be");
  return out;
}

std::string encode_ticket_keys(const std::vector<TicketKey>& keys) {
  proto::TicketKeys out;
  for (const TicketKey& key : keys) {
    proto::TicketKey& one = *out.add_keys();
    one.set_id(key.id);
    one.set_secret(key.secret);
    one.set_made_ms(key.made_ms);
  }
  std::string bytes = out.SerializeAsString();
  for (proto::TicketKey& key : *out.mutable_keys()) base::wipe(*key.mutable_secret());
  return bytes;
}

absl::StatusOr<std::vector<TicketKey>> parse_ticket_keys(Bytes bytes) {
  constexpr std::size_t kMostBytes = kMaxTicketKeys * 2 * kTicketKeyBytes;
  proto::TicketKeys in;
  if (bytes.size() > kMostBytes ||
      !in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      static_cast<std::size_t>(in.keys_size()) > kMaxTicketKeys) {
    return absl::InvalidArgumentError("what are no keys of tickets");
  }
  std::vector<TicketKey> out;
  for (proto::TicketKey& key : *in.mutable_keys()) {
    out.push_back({key.id(), key.secret(), key.made_ms()});
    base::wipe(*key.mutable_secret());
  }
  const bool good = std::ranges::all_of(out, [](const TicketKey& key) {
    return key.secret.size() == kTicketKeyBytes && key.made_ms <= kMaxTimeMs;
  });
  if (!good) return absl::InvalidArgumentError("a key of tickets that there cannot be");
  return out;
}

}  // namespace comcat::wire
