#include "support/lossy_link.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace comcat::testing {
namespace {

constexpr std::size_t kLargestPacket = 65'536;

LossyLink::Direction opposite(LossyLink::Direction direction) {
  return direction == LossyLink::kUp ? LossyLink::kDown : LossyLink::kUp;
}

timespec to_timespec(base::Duration left) {
  const auto ns =
      std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(left).count(), 0);
  return {ns / 1'000'000'000, ns % 1'000'000'000};
}

}  // namespace

LossyLink::LossyLink(base::FileDescriptor first, base::FileDescriptor second, std::uint64_t seed)
    : ends_{std::move(first), std::move(second)},
      stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      models_{LinkModel(2 * seed), LinkModel(2 * seed + 1)},
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

LossyLink::~LossyLink() {
  thread_.request_stop();
  ::eventfd_write(stopped_.get(), 1);
}

void LossyLink::set(Direction direction, const LinkConditions& conditions) {
  const absl::MutexLock lock(&mutex_);
  models_[direction].set(conditions);
}

LinkConditions LossyLink::conditions(Direction direction) const {
  const absl::MutexLock lock(&mutex_);
  return models_[direction].conditions();
}

LinkModel::Counts LossyLink::counts(Direction direction) const {
  const absl::MutexLock lock(&mutex_);
  return models_[direction].counts();
}

void LossyLink::forget_ports() {
  const absl::MutexLock lock(&mutex_);
  nat_.forget();
}

void LossyLink::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait();
    const base::Time now = base::steady_now();
    for (const Direction direction : {kUp, kDown}) take_in(direction, now);
    deliver(now);
  }
}

void LossyLink::wait() const {
  std::array<pollfd, 3> fds{pollfd{ends_[kUp].get(), POLLIN, 0},
                            pollfd{ends_[kDown].get(), POLLIN, 0},
                            pollfd{stopped_.get(), POLLIN, 0}};
  if (on_the_way_.empty()) {
    ::poll(fds.data(), fds.size(), -1);
    return;
  }
  const timespec left = to_timespec(on_the_way_.top().arrives - base::steady_now());
  ::ppoll(fds.data(), fds.size(), &left, nullptr);
}

void LossyLink::take_in(Direction direction, base::Time now) {
  std::array<std::uint8_t, kLargestPacket> buffer;
  for (;;) {
    const ssize_t got = ::read(ends_[direction].get(), buffer.data(), buffer.size());
    if (got <= 0) return;
    enter(direction, Bytes(buffer.begin(), buffer.begin() + got), now);
  }
}

void LossyLink::enter(Direction direction, Bytes packet, base::Time now) {
  const absl::MutexLock lock(&mutex_);
  const LinkModel::Fate fate = models_[direction].enter(packet.size(), is_udp(packet), now);
  if (!fate.arrives) return;
  if (direction == kUp) {
    nat_.outward(packet);
  } else if (!nat_.inward(packet)) {
    return;
  }
  if (fate.arrives_again) {
    on_the_way_.push({*fate.arrives_again, next_number_++, direction, packet});
  }
  on_the_way_.push({*fate.arrives, next_number_++, direction, std::move(packet)});
}

void LossyLink::deliver(base::Time now) {
  while (!on_the_way_.empty() && on_the_way_.top().arrives <= now) {
    const OnTheWay& first = on_the_way_.top();
    // A device that has no room loses it, as devices do.
    std::ignore =
        ::write(ends_[opposite(first.direction)].get(), first.packet.data(), first.packet.size());
    on_the_way_.pop();
  }
}

}  // namespace comcat::testing
