#include "cluster_member.h"

#include <utility>

#include "comcat/base/event.h"
#include "comcat/base/log.h"

#include "node_number.h"

namespace comcat::server {
namespace {

constexpr std::chrono::milliseconds kObjections{300};

std::string subject_of(wire::NodeNumber number) {
  return "number." + std::to_string(number);
}

/// Whether a node that lives has the number of `bus`.
bool is_taken(bus::Bus& bus) {
  const auto objection = std::make_shared<base::Event>();
  const auto answered = [objection](const absl::StatusOr<std::string>& answer) {
    if (answer.ok()) objection->set();
  };
  bus.request(subject_of(node_number(bus.number())), "", kObjections, answered);
  return objection->wait_for(kObjections);
}

/// A bus whose number is that of no other node, as far as can be asked.
std::unique_ptr<bus::Bus> make_bus(const ClusterSettings& settings) {
  for (;;) {
    const auto connected = std::make_shared<base::Event>();
    auto bus = std::make_unique<bus::Bus>(
        "comcat." + settings.cluster, bus::make_nats_carrier(settings.nats), [connected](bool is) {
          if (is && !connected->is_set()) connected->set();
        });
    if (node_number(bus->number()) == 0) continue;
    if (!connected->wait_for(ClusterMember::kPatience)) {
      base::log(base::LogLevel::kWarning, "bus_awaited",
                {{"why", "NATS does not answer; this node serves alone until it does"}});
      return bus;
    }
    if (!is_taken(*bus)) return bus;
  }
}

}  // namespace

ClusterMember::ClusterMember(std::unique_ptr<bus::Bus> bus, wire::Sender self)
    : bus_(std::move(bus)), self_(std::move(self)), outlet_(std::make_unique<BusOutlet>(*bus_)) {
  bus_->subscribe(subject_of(self_.node), [&bus = *bus_](const bus::Message& question) {
    bus.answer(question, "", kObjections);
  });
}

std::unique_ptr<ClusterMember> ClusterMember::start(const ClusterSettings& settings) {
  std::unique_ptr<bus::Bus> bus = make_bus(settings);
  wire::Sender self{settings.cluster, node_number(bus->number()), bus->number()};
  return std::unique_ptr<ClusterMember>(new ClusterMember(std::move(bus), std::move(self)));
}

}  // namespace comcat::server
