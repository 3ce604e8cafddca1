#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "comcat/server/outlet.h"

#include "bus/memory_log.h"
#include "server/cluster_texts.h"
#include "server/house.h"

namespace comcat::server {

/// Nodes of one cluster, each a House, and between them what a bus does, by hand and at once.
class Town {
 public:
  class Node final : public Outlet {
   public:
    Node(Town& town, wire::NodeNumber number, std::size_t max_speakers);

    void send(const Topic& topic, std::string bytes) override;
    void listen(const Topic& topic) override { topics_.insert(key(topic)); }
    void ignore(const Topic& topic) override { topics_.erase(key(topic)); }
    [[nodiscard]] bool is_connected() const override { return town_.connected; }

    [[nodiscard]] bool listens(const Topic& topic) const { return topics_.contains(key(topic)); }
    [[nodiscard]] std::uint64_t incarnation() const { return self_.incarnation; }
    [[nodiscard]] const wire::Sender& self() const { return self_; }

    /// What was to be kept is on the disk.
    void keep();
    /// What has come of texts is told to the hub.
    void hear_texts();

    std::size_t voice_messages = 0;  // that have left
    bool alive = true;

   private:
    [[nodiscard]] static std::string key(const Topic& topic);
    [[nodiscard]] HubOptions options(std::size_t max_speakers);

    Town& town_;
    const wire::Sender self_;
    std::set<std::string> topics_;
    std::vector<Kept> kept_;
    Metrics text_metrics_;
    ClusterTexts texts_;
    std::vector<std::function<void()>> told_;  // by the texts, for the hub

   public:
    House house;  // last: its hub speaks to this
  };

  explicit Town(std::size_t nodes, std::size_t max_speakers = 8);

  /// All clocks, in small steps; whatever is said meanwhile arrives.
  void pass(base::Duration time);
  /// What has been sent arrives.
  void deliver();
  /// A message as if from `from`, to `to`.
  void deliver(const Node& from, Node& to, const Topic& topic, std::string bytes);

  bool connected = true;  // else nothing arrives
  store::WallTime wall{std::chrono::days(20'000)};
  bus::LogRoom texts;
  std::vector<std::unique_ptr<Node>> nodes;

 private:
  struct Sent {
    const Node* from;
    FromNode message;
  };
  std::deque<Sent> sent_;
};

}  // namespace comcat::server
