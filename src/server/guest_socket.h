#pragma once

#include <cstdint>
#include <optional>

#include "comcat/server/guest_table.h"

#include "tcp_gate.h"

namespace comcat::server {

/// A socket that gRPC owns, which does not say when it closes it: a descriptor that has been closed
/// and used again is another socket, and the kernel gives each a cookie of its own. Where there is
/// no gate, what is over a limit is only counted.
class GuestSocket final : public GuestLine {
 public:
  /// REQUIRES `fd` is open.
  GuestSocket(int fd, std::optional<TcpGate> gate);

  [[nodiscard]] bool is_open() const override;
  [[nodiscard]] LineBytes bytes() const override;
  void limit(std::uint64_t bytes) override;
  void cut() override;

 private:
  const int fd_;
  const std::uint64_t cookie_;
  std::optional<TcpGate> gate_;
};

}  // namespace comcat::server
