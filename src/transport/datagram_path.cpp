#include "datagram_path.h"

#include <algorithm>
#include <array>
#include <utility>

#include <poll.h>

namespace comcat::transport {
namespace {

using datagram::Way;

constexpr int kReadsAtOnce = 64;  // then what is due has its turn

/// As poll(2) takes it: not before `until`.
int to_timeout(base::Time until) {
  if (until == base::Time::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - base::steady_now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

}  // namespace

absl::StatusOr<std::unique_ptr<DatagramPath>> DatagramPath::open(
    const base::Address& server, const DatagramCourse::Options& options, Hooks hooks) {
  absl::StatusOr<UdpSocket> socket = UdpSocket::open(server);
  if (!socket.ok()) return socket.status();
  return std::unique_ptr<DatagramPath>(
      new DatagramPath(*std::move(socket), options, std::move(hooks)));
}

DatagramPath::DatagramPath(UdpSocket socket, const DatagramCourse::Options& options, Hooks hooks)
    : socket_(std::move(socket)),
      hooks_(std::move(hooks)),
      course_(options, *this, base::steady_now()),
      source_(socket_.source()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

DatagramPath::~DatagramPath() {
  thread_.request_stop();
  wake_.set();
}

Way DatagramPath::say(const wire::VoicePacket& packet) {
  const absl::MutexLock lock(&mutex_);
  const Way way = course_.say(packet, base::steady_now());
  hurry();
  return way;
}

void DatagramPath::told(const datagram::Report& report) {
  const absl::MutexLock lock(&mutex_);
  course_.told(report, base::steady_now());
  hurry();
}

void DatagramPath::heard_by_stream() {
  const absl::MutexLock lock(&mutex_);
  course_.heard_by_stream(base::steady_now());
}

base::Duration DatagramPath::queue() const {
  const absl::MutexLock lock(&mutex_);
  return course_.queue(base::steady_now());
}

PathStatus DatagramPath::status() const {
  const absl::MutexLock lock(&mutex_);
  return look();
}

PathStatus DatagramPath::look() const {
  PathStatus out;
  out.offered = true;
  out.up = course_.way_up();
  out.down = course_.way_down(base::steady_now()).value_or(down_);
  out.phase = course_.up().phase();
  if (const auto round_trip = course_.up().round_trip()) {
    out.round_trip = std::chrono::duration_cast<std::chrono::microseconds>(*round_trip);
  }
  if (const auto spread = course_.up().spread()) {
    out.spread = std::chrono::duration_cast<std::chrono::microseconds>(*spread);
  }
  out.loss_up = course_.up().loss();
  out.loss_down = course_.loss_down();
  return out;
}

void DatagramPath::hurry() {
  if (course_.next_deadline() < waits_until_) {
    waits_until_ = base::Time::min();  // rung once
    wake_.set();
  }
}

// ---- Exit

void DatagramPath::send(datagram::Bytes datagram) {
  if (!retired_.load(std::memory_order_relaxed)) socket_.send(datagram);
}

void DatagramPath::report(const datagram::Report& report) {
  if (!retired_.load(std::memory_order_relaxed)) hooks_.report(report);
}

// ---- the thread

void DatagramPath::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait();
    const base::Time now = base::steady_now();
    look_at_routes(now);
    read_all(now);
    {
      const absl::MutexLock lock(&mutex_);
      course_.tick(now);
      down_ = course_.way_down(now).value_or(down_);
    }
    tell_change();
  }
}

void DatagramPath::wait() {
  base::Time until;
  {
    const absl::MutexLock lock(&mutex_);
    until = waits_until_ = course_.next_deadline();
  }
  std::array<pollfd, 3> fds{pollfd{socket_.fd(), POLLIN, 0}, pollfd{wake_.fd(), POLLIN, 0},
                            pollfd{routes_.fd(), POLLIN, 0}};
  ::poll(fds.data(), fds.size(), to_timeout(until));
  wake_.clear();
}

void DatagramPath::look_at_routes(base::Time now) {
  if (!routes_.changed()) return;
  // Much changes that is of no interest, as when another program's container starts.
  std::string source = socket_.source();
  if (source == source_) return;
  source_ = std::move(source);
  const absl::MutexLock lock(&mutex_);
  course_.moved(now);
}

void DatagramPath::read_all(base::Time now) {
  // One byte more than there may be, so that a datagram that is cut is seen to be too long.
  std::array<std::byte, datagram::kMaxDatagramBytes + 1> buffer;
  for (int reads = 0; reads < kReadsAtOnce; ++reads) {
    const std::optional<std::size_t> got = socket_.receive(buffer);
    if (!got) return;
    wire::VoicePackets heard;
    {
      const absl::MutexLock lock(&mutex_);
      course_.receive(std::span(buffer).first(*got), now, heard);
    }
    if (!heard.empty()) hooks_.on_voice(std::move(heard));
  }
}

void DatagramPath::tell_change() {
  const PathStatus now = status();
  const bool same = now.phase == told_.phase && now.down == told_.down && now.up == told_.up;
  if (same && told_.offered) return;
  told_ = now;
  if (!retired_.load(std::memory_order_relaxed)) hooks_.on_change();
}

}  // namespace comcat::transport
