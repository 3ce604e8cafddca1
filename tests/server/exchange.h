#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "comcat/server/connection_table.h"

namespace comcat::server {

/// A connection without a socket: a test ends it and has it receive.
struct Wire {
  bool open = true;
  bool was_cut = false;
  bool has_caller = true;  // once somebody has vouched for it
  std::uint64_t bytes = 0;
  std::optional<std::size_t> flight = 0;
  base::Duration peers_turn{};
  std::size_t questions = 0;  // whether it is open
  ConnectionTable::Id id = 0;
  std::optional<std::uint64_t> handed_over;  // with how many bytes at most
};

class WireLine final : public Line {
 public:
  explicit WireLine(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  [[nodiscard]] bool is_open() const override {
    ++wire_->questions;
    return wire_->open;
  }
  [[nodiscard]] std::uint64_t bytes_received() const override { return wire_->bytes; }
  [[nodiscard]] std::optional<std::size_t> first_flight() const override { return wire_->flight; }
  [[nodiscard]] base::Duration round_trip() const override { return {}; }
  [[nodiscard]] base::Duration peers_turn() const override { return wire_->peers_turn; }
  [[nodiscard]] bool hand_over(std::uint64_t max_bytes) override {
    if (wire_->bytes > max_bytes) return false;
    wire_->handed_over = max_bytes;
    return true;
  }
  [[nodiscard]] bool has_caller() const override { return wire_->has_caller; }
  void cut() override {
    wire_->was_cut = true;
    wire_->open = false;
  }

 private:
  std::shared_ptr<Wire> wire_;
};

/// A table and what is connected to it, at times given by hand.
class Exchange {
 public:
  explicit Exchange(const ConnectionLimits& limits) : table(limits, metrics) {}

  /// Null where he is turned away. `from` is 192.0.2.`from`; `port` tells his connections apart;
  /// `flight` is the size of what he says at once.
  std::shared_ptr<Wire> call(int from, int port = 4000, std::size_t flight = 0) {
    return call_from(peer(from, port), flight);
  }
  std::shared_ptr<Wire> call_silently(int from, int port = 4000) {
    return call_from(peer(from, port), std::nullopt);
  }
  std::shared_ptr<Wire> call_from(const std::string& peer, std::optional<std::size_t> flight = 0) {
    auto wire = std::make_shared<Wire>();
    wire->flight = flight;
    const auto id = table.add(peer, std::make_unique<WireLine>(wire), now);
    if (!id) return nullptr;
    wire->id = *id;
    table.heard(*id, now);
    std::ignore = table.let_in({.grpc = has_time}, now);
    return wire;
  }
  /// Who was silent is so no more.
  void speaks(const std::shared_ptr<Wire>& wire, std::size_t flight) {
    wire->flight = flight;
    table.heard(wire->id, now);
    std::ignore = table.let_in({.grpc = has_time}, now);
  }
  void vouch(int from, int port = 4000) { table.vouch(peer(from, port), now); }
  [[nodiscard]] std::uint64_t turned(Turned why) const {
    return metrics.turned_away[static_cast<std::size_t>(why)];
  }

  Metrics metrics;
  ConnectionTable table;
  base::Time now{std::chrono::seconds(1000)};
  bool has_time = true;  // gRPC

 private:
  static std::string peer(int from, int port) {
    return "ipv4:192.0.2." + std::to_string(from) + ":" + std::to_string(port);
  }
};

}  // namespace comcat::server
