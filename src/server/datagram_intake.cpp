#include "datagram_intake.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace comcat::server {
namespace {

constexpr std::size_t kAtATime = 64;
constexpr std::size_t kRounds = 4;  // of those, before another socket has its turn
constexpr std::size_t kReadBytes = datagram::kMaxDatagramBytes + 1;  // one more tells of too many

std::vector<pollfd> watched(const std::vector<DatagramSocket>& sockets, int wake) {
  std::vector<pollfd> out;
  for (const DatagramSocket& socket : sockets) out.push_back({socket.fd.get(), POLLIN, 0});
  out.push_back({wake, POLLIN, 0});
  return out;
}

}  // namespace

struct DatagramIntake::Buffers {
  struct Slot {
    std::array<std::byte, kReadBytes> bytes;
    sockaddr_storage name;
    PacketInfo info;
    iovec part;
  };

  Buffers() { prepare(kAtATime); }

  /// Makes the first `count`, which have been used, ready for another call.
  void prepare(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      Slot& slot = slots[i];
      slot.part = {slot.bytes.data(), slot.bytes.size()};
      msghdr& message = messages[i].msg_hdr;
      message = {};
      message.msg_name = &slot.name;
      message.msg_namelen = sizeof(slot.name);
      message.msg_iov = &slot.part;
      message.msg_iovlen = 1;
      message.msg_control = slot.info.bytes.data();
      message.msg_controllen = slot.info.bytes.size();
    }
  }

  std::array<Slot, kAtATime> slots;
  std::array<mmsghdr, kAtATime> messages{};
};

DatagramIntake::DatagramIntake(const std::vector<DatagramSocket>& sockets, Metrics& metrics)
    : sockets_(sockets), metrics_(metrics), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

DatagramIntake::~DatagramIntake() {
  stop();
}

void DatagramIntake::start(HandOn hand_on) {
  hand_on_ = std::move(hand_on);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void DatagramIntake::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

bool DatagramIntake::admit(std::uint32_t connection, datagram::Opener opener) {
  const absl::MutexLock lock(&mutex_);
  return known_.emplace(connection, std::make_unique<Known>(std::move(opener))).second;
}

void DatagramIntake::forget(std::uint32_t connection) {
  const absl::MutexLock lock(&mutex_);
  known_.erase(connection);
}

void DatagramIntake::run(const std::stop_token& stop) {
  const auto buffers = std::make_unique<Buffers>();
  std::vector<pollfd> fds = watched(sockets_, wake_.get());
  while (!stop.stop_requested()) {
    poll(fds.data(), fds.size(), wait_ms(base::steady_now()));
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
      if (fds[i].revents != 0) read(static_cast<std::uint16_t>(i), *buffers);
    }
    hand_on_due(base::steady_now());
  }
}

int DatagramIntake::wait_ms(base::Time now) const {
  if (due_at_ == base::Time::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_at_ - now);
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void DatagramIntake::read(std::uint16_t socket, Buffers& buffers) {
  for (std::size_t round = 0; round < kRounds; ++round) {
    const int got = recvmmsg(sockets_[socket].fd.get(), buffers.messages.data(), kAtATime,
                             MSG_DONTWAIT, nullptr);
    if (got <= 0) return;
    const auto count = static_cast<std::size_t>(got);
    take_all(std::span(buffers.messages).first(count), socket);
    buffers.prepare(count);
    if (count < kAtATime) return;
  }
}

void DatagramIntake::take_all(std::span<mmsghdr> messages, std::uint16_t socket) {
  const absl::MutexLock lock(&mutex_);
  for (mmsghdr& message : messages) {
    const auto* const bytes = static_cast<const std::byte*>(message.msg_hdr.msg_iov->iov_base);
    take({bytes, message.msg_len}, address_of(message.msg_hdr, socket));
  }
}

void DatagramIntake::take(datagram::Bytes bytes, const DatagramAddress& from) {
  const std::optional<datagram::Header> header = datagram::parse_header(bytes);
  const auto found = header ? known_.find(header->connection) : known_.end();
  if (found == known_.end()) {
    metrics_.datagrams_forged.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  Known& known = *found->second;
  if (!known.window.is_new(header->counter)) {
    metrics_.datagrams_replayed.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const std::optional<std::string_view> body = known.opener.open(*header, bytes);
  if (!body) {
    metrics_.datagrams_forged.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  metrics_.datagrams_in.fetch_add(1, std::memory_order_relaxed);
  const bool highest = known.window.mark(header->counter);
  arrived_.push_back({*header, from, bytes.size(), highest, std::string(*body)});
  const bool waits = header->type == datagram::Type::kReport;
  due_at_ = std::min<base::Time>(due_at_, waits ? base::steady_now() + kReportsWait : base::Time{});
}

void DatagramIntake::hand_on_due(base::Time now) {
  if (due_at_ > now) return;
  due_at_ = hand_on_(arrived_);
  arrived_.clear();
}

}  // namespace comcat::server
