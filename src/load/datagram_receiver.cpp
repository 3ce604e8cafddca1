#include "datagram_receiver.h"

#include <array>
#include <utility>

#include <sys/epoll.h>

#include "comcat/base/clock.h"

#include "receiver.h"

namespace comcat::load {

DatagramReceiver::DatagramReceiver() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

DatagramReceiver::~DatagramReceiver() {
  stop();
}

void DatagramReceiver::add(std::shared_ptr<DatagramEnd> end) {
  const absl::MutexLock lock(&mutex_);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;  // who is paused leaves it unread
  event.data.ptr = end.get();
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, end->fd(), &event);
  ends_.push_back(std::move(end));
  if (!thread_.joinable())
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

std::chrono::nanoseconds DatagramReceiver::cpu() {
  const absl::MutexLock lock(&mutex_);
  return thread_.joinable() ? cpu_of(thread_.native_handle()) : std::chrono::nanoseconds(0);
}

void DatagramReceiver::stop() {
  std::jthread ending;
  {
    const absl::MutexLock lock(&mutex_);
    ending = std::move(thread_);
  }
}

void DatagramReceiver::run(const std::stop_token& stop) {
  std::array<epoll_event, 256> ready;
  base::Time all_served{};
  while (!stop.stop_requested()) {
    const int count = ::epoll_wait(epoll_.get(), ready.data(), ready.size(), kTickMs);
    for (int i = 0; i < count; ++i) static_cast<DatagramEnd*>(ready[i].data.ptr)->serve();
    const base::Time now = base::steady_now();
    if (now - all_served < std::chrono::milliseconds(kTickMs)) continue;
    all_served = now;
    const absl::MutexLock lock(&mutex_);
    for (const auto& end : ends_) end->serve();
  }
}

}  // namespace comcat::load
