#include "datagram_end.h"

#include <array>
#include <utility>

namespace comcat::load {

DatagramEnd::DatagramEnd(transport::UdpSocket socket,
                         const transport::DatagramCourse::Options& options, Listener& listener,
                         SendReport report)
    : socket_(std::move(socket)),
      report_(std::move(report)),
      listener_(listener),
      course_(options, *this, base::steady_now()) {}

bool DatagramEnd::say(const wire::VoicePacket& packet) {
  const absl::MutexLock lock(&mutex_);
  return course_.say(packet, base::steady_now()) == datagram::Way::kDatagram;
}

void DatagramEnd::told(const datagram::Report& report) {
  const absl::MutexLock lock(&mutex_);
  course_.told(report, base::steady_now());
}

void DatagramEnd::serve() {
  const base::Time now = base::steady_now();
  if (!paused_.load(std::memory_order_relaxed)) read(now);
  const absl::MutexLock lock(&mutex_);
  if (course_.next_deadline() <= now) course_.tick(now);
}

void DatagramEnd::read(base::Time now) {
  std::array<std::byte, datagram::kMaxDatagramBytes + 1> buffer;
  wire::VoicePackets heard;
  while (const std::optional<std::size_t> got = socket_.receive(buffer)) {
    {
      const absl::MutexLock lock(&mutex_);
      course_.receive(std::span(buffer).first(*got), now, heard);
    }
    if (!heard.empty()) listener_.hear(heard, now, wire::Via::kDatagram);
    heard.clear();
  }
}

}  // namespace comcat::load
