#include "support/lossy_network.h"

#include <tuple>
#include <utility>

#include "support/tun.h"

namespace comcat::testing {
namespace {

constexpr const char* kIp = "/usr/sbin/ip";
constexpr const char* kDevice = "line";

/// The end of the line in `machine`; invalid where that cannot be.
base::FileDescriptor plug_in(const Namespace& machine, const std::string& v4,
                             const std::string& v6) {
  base::FileDescriptor tun = open_tun(machine, kDevice);
  const bool up = tun.valid() && machine.run({kIp, "address", "add", v4 + "/24", "dev", kDevice}) &&
                  machine.run({kIp, "link", "set", kDevice, "up"});
  if (!up) return {};
  // A kernel without IPv6 has a line without it.
  std::ignore = machine.run({kIp, "address", "add", v6 + "/64", "dev", kDevice, "nodad"});
  return tun;
}

}  // namespace

std::unique_ptr<LossyNetwork> LossyNetwork::make(std::uint64_t seed) {
  std::unique_ptr<LossyNetwork> network(new LossyNetwork);
  network->server_ = Namespace::make(Namespace::Kind::kNetwork);
  network->client_ = Namespace::make(Namespace::Kind::kNetwork);
  if (!network->server_ || !network->client_) return nullptr;
  base::FileDescriptor client = plug_in(*network->client_, kClient, "2001:db8::2");
  base::FileDescriptor server = plug_in(*network->server_, kServer, "2001:db8::1");
  if (!client.valid() || !server.valid()) return nullptr;
  network->link_ = std::make_unique<LossyLink>(std::move(client), std::move(server), seed);
  return network;
}

void LossyNetwork::set(const LinkConditions& conditions) {
  link_->set(LossyLink::kUp, conditions);
  link_->set(LossyLink::kDown, conditions);
}

bool LossyNetwork::move_client(int last) {
  const std::string next = "192.0.2." + std::to_string(last);
  // The old one first: with it goes whatever shares its network.
  const bool moved =
      client_->run({kIp, "address", "delete", client_address_ + "/24", "dev", kDevice}) &&
      client_->run({kIp, "address", "add", next + "/24", "dev", kDevice});
  if (moved) client_address_ = next;
  return moved;
}

}  // namespace comcat::testing
