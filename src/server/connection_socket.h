#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "comcat/base/file_descriptor.h"
#include "comcat/server/guest_table.h"
#include "comcat/server/line.h"

#include "tcp_gate.h"

namespace comcat::server {

/// A connection that was accepted: ours until it is handed over, then gRPC's, which does not say
/// when it closes it: a descriptor that has been closed, or closed and used again, has another
/// peer. Until it is vouched for, its gate holds back what is more than it may send; where the
/// kernel knows no gates, and for connections opened by a SYN cookie, it can only be counted.
///
/// Threads    one at a time.
/// Ownership  the table of guests and what it is handed over to outlive it.
class ConnectionSocket final : public Line {
 public:
  /// Takes over a connected, non-blocking socket.
  using HandOver = std::function<void(base::FileDescriptor)>;

  /// `raw_peer` is as the system has it, `peer` as gRPC writes it.
  ConnectionSocket(base::FileDescriptor fd, std::string raw_peer, std::string peer,
                   const HandOver& hand_over, GuestTable& guests);

  [[nodiscard]] bool is_open() const override;
  [[nodiscard]] std::uint64_t bytes_received() const override;
  [[nodiscard]] std::optional<std::size_t> first_flight() const override;
  [[nodiscard]] base::Duration round_trip() const override;
  [[nodiscard]] base::Duration peers_turn() const override;
  [[nodiscard]] bool hand_over(std::uint64_t max_bytes) override;
  [[nodiscard]] bool has_caller() const override;
  void cut() override;

 private:
  base::FileDescriptor own_;  // until it is handed over
  const int fd_;
  const std::string raw_peer_;
  const std::string peer_;
  const HandOver& hand_over_;
  GuestTable& guests_;
  std::optional<TcpGate> gate_;
};

}  // namespace comcat::server
