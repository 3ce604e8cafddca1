#include "server/town.h"

#include <utility>

namespace comcat::server {

Town::Node::Node(Town& town, wire::NodeNumber number, std::size_t max_speakers)
    : town_(town),
      self_{"test", number, (std::uint64_t{number} << 52) | 77},
      texts_(town.texts.join(), text_metrics_),
      house(options(max_speakers)) {
  texts_.start(
      nullptr, {},
      [this](std::uint64_t ticket, const absl::StatusOr<std::uint64_t>& said) {
        told_.emplace_back([this, ticket, said] { house.hub.take_said(ticket, said, house.now); });
      },
      [this](const std::vector<store::LoggedText>& heard) {
        told_.emplace_back([this, heard] {
          std::vector<store::Answer> answers(1);
          answers.front().placed = heard;
          house.hub.take(std::move(answers), house.now);
        });
      });
}

void Town::Node::hear_texts() {
  for (const std::function<void()>& tell : std::exchange(told_, {})) tell();
}

HubOptions Town::Node::options(std::size_t max_speakers) {
  HubOptions options;
  options.rooms.max_speakers = max_speakers;
  options.cluster.self = self_;
  options.cluster.name = "node" + std::to_string(self_.node);
  options.cluster.version = "1";
  options.cluster.address = options.cluster.name + ".example.org:50051";
  options.cluster.fingerprint = "SHA256:" + std::to_string(self_.node);
  options.cluster.outlet = this;
  const auto keep = [this](const auto& /*what*/, Kept told) {
    if (told) kept_.push_back(std::move(told));
  };
  options.hosts.keeper = {keep, keep};
  options.hosts.wall_clock = [this] { return town_.wall; };
  options.claims.keep = keep;
  options.claims.lift = keep;
  options.shared_texts = &texts_;
  return options;
}

std::string Town::Node::key(const Topic& topic) {
  return std::to_string(static_cast<int>(topic.kind)) + "." + std::to_string(topic.node) + "." +
         topic.room_key;
}

void Town::Node::send(const Topic& topic, std::string bytes) {
  if (topic.kind == Topic::Kind::kVoice) ++voice_messages;
  if (alive && town_.connected) {
    town_.sent_.push_back({this, {topic, std::move(bytes), self_.incarnation}});
  }
}

Town::Town(std::size_t count, std::size_t max_speakers) {
  for (std::size_t i = 1; i <= count; ++i) {
    nodes.push_back(std::make_unique<Node>(*this, static_cast<wire::NodeNumber>(i), max_speakers));
    nodes.back()->house.hear_others = [this] { deliver(); };
  }
  pass(seconds(1));
}

void Town::Node::keep() {
  for (const Kept& told : std::exchange(kept_, {})) told(absl::OkStatus(), house.now);
}

void Town::deliver() {
  for (const auto& node : nodes) {
    if (node->alive) node->keep();
  }
  for (const auto& node : nodes) node->hear_texts();
  while (!sent_.empty()) {
    const Sent sent = std::move(sent_.front());
    sent_.pop_front();
    for (const auto& node : nodes) {
      if (node.get() == sent.from || !node->alive || !node->listens(sent.message.topic)) continue;
      node->house.hub.cluster()->take(std::vector<FromNode>{sent.message}, node->house.now);
    }
  }
}

void Town::deliver(const Node& from, Node& to, const Topic& topic, std::string bytes) {
  to.house.hub.cluster()->take(std::vector<FromNode>{{topic, std::move(bytes), from.incarnation()}},
                               to.house.now);
}

void Town::pass(base::Duration time) {
  constexpr milliseconds kStep{10};
  for (base::Duration passed{}; passed <= time; passed += kStep) {
    for (const auto& node : nodes) {
      if (node->alive) node->house.pass(passed + kStep <= time ? kStep : base::Duration::zero());
      if (node->alive) node->house.hub.tick(node->house.now);
    }
    deliver();
  }
}

}  // namespace comcat::server
