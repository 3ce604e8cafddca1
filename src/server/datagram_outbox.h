#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <sys/socket.h>

#include "comcat/datagram/packet.h"
#include "comcat/server/metrics.h"

#include "datagram_address.h"
#include "datagram_sockets.h"

namespace comcat::server {

/// Datagrams that leave together: many cost the kernel one call.
///
/// Capacity   kSlots; the next one makes those that wait leave.
/// Overflow   what the kernel does not take, for lack of room or because of where it goes, is
/// counted
///            and lost; the others leave.
/// Threads    one: the shard.
class DatagramOutbox {
 public:
  static constexpr std::size_t kSlots = 64;

  /// `sockets` and `metrics` outlive it.
  DatagramOutbox(const std::vector<DatagramSocket>& sockets, Metrics& metrics);

  /// Where the next datagram is to be written; add() follows, or nothing has been written.
  [[nodiscard]] std::span<std::byte> space();
  /// The first `bytes` of space() go to `to`, with the next flush().
  void add(const DatagramAddress& to, std::size_t bytes);
  void flush();

 private:
  struct Slot {
    std::array<std::byte, datagram::kMaxDatagramBytes> bytes;
    DatagramAddress to;
    sockaddr_storage name;
    PacketInfo info;
    iovec part;
  };

  /// Sends those from `first` up to `end`, which are all of one socket's.
  void send(std::size_t first, std::size_t end);

  const std::vector<DatagramSocket>& sockets_;
  Metrics& metrics_;
  std::vector<Slot> slots_;
  std::array<mmsghdr, kSlots> messages_{};
  std::size_t used_ = 0;
};

}  // namespace comcat::server
