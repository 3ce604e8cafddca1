#include "datagram_outbox.h"

#include <cerrno>

namespace comcat::server {

DatagramOutbox::DatagramOutbox(const std::vector<DatagramSocket>& sockets, Metrics& metrics)
    : sockets_(sockets), metrics_(metrics), slots_(kSlots) {}

std::span<std::byte> DatagramOutbox::space() {
  if (used_ == kSlots) flush();
  return slots_[used_].bytes;
}

void DatagramOutbox::add(const DatagramAddress& to, std::size_t bytes) {
  Slot& slot = slots_[used_];
  slot.to = to;
  slot.part = {slot.bytes.data(), bytes};
  msghdr& message = messages_[used_].msg_hdr;
  message = {};
  message.msg_iov = &slot.part;
  message.msg_iovlen = 1;
  address_to(to, sockets_[to.socket].family, message, slot.name, slot.info);
  ++used_;
}

void DatagramOutbox::flush() {
  std::size_t first = 0;
  for (std::size_t end = 1; end <= used_; ++end) {
    if (end < used_ && slots_[end].to.socket == slots_[first].to.socket) continue;
    send(first, end);
    first = end;
  }
  used_ = 0;
}

void DatagramOutbox::send(std::size_t first, std::size_t end) {
  const int fd = sockets_[slots_[first].to.socket].fd.get();
  while (first < end) {
    const int sent = sendmmsg(fd, &messages_[first], static_cast<unsigned>(end - first), 0);
    if (sent > 0) {
      metrics_.datagrams_out.fetch_add(static_cast<std::uint64_t>(sent), std::memory_order_relaxed);
      first += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      metrics_.datagrams_unsent.fetch_add(end - first, std::memory_order_relaxed);
      return;
    } else if (errno != EINTR) {  // where this one goes: the kernel stops at it
      metrics_.datagrams_unsent.fetch_add(1, std::memory_order_relaxed);
      ++first;
    }
  }
}

}  // namespace comcat::server
