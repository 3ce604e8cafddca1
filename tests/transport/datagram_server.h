#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/wake_event.h"
#include "comcat/transport/datagram_course.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::transport {

/// A server's end of one client's datagrams on 127.0.0.1. It believes every address.
/// Threads    one of its own; the functions may be called from any.
class DatagramServer final : private DatagramCourse::Exit {
 public:
  explicit DatagramServer(std::uint8_t epoch = 0) : epoch_(epoch) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof own;
    EXPECT_EQ(0, ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&own), length));
    EXPECT_EQ(0, ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&own), &length));
    port_ = ntohs(own.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~DatagramServer() override {
    thread_.request_stop();
    wake_.set();
  }
  DatagramServer(const DatagramServer&) = delete;
  DatagramServer& operator=(const DatagramServer&) = delete;

  [[nodiscard]] wire::DatagramOffer offer() const {
    return {port_,           kConnection,      epoch_,           up_.key_text(),
            up_.salt_text(), down_.key_text(), down_.salt_text()};
  }
  /// Says it by datagram; false where that is not the way yet.
  bool say(const wire::VoicePacket& packet) {
    const absl::MutexLock lock(&mutex_);
    return course_.say(packet, base::steady_now()) != datagram::Way::kStream;
  }
  /// The next packet that the client has sent by datagram; nothing where none comes in that time.
  [[nodiscard]] std::optional<wire::VoicePacket> wait_for_voice(std::chrono::milliseconds time) {
    const absl::MutexLock lock(&mutex_);
    const auto heard = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !heard_.empty(); };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&heard), absl::FromChrono(time))) return {};
    wire::VoicePacket first = std::move(heard_.front());
    heard_.erase(heard_.begin());
    return first;
  }

 private:
  static constexpr std::uint32_t kConnection = 77;

  void send(datagram::Bytes datagram) override ABSL_NO_THREAD_SAFETY_ANALYSIS {
    ::sendto(fd_.get(), datagram.data(), datagram.size(), 0,
             reinterpret_cast<const sockaddr*>(&client_), sizeof client_);
  }
  void report(const datagram::Report& /*report*/) override {}

  void run(const std::stop_token& stop) {
    std::array<std::byte, 1500> buffer;
    while (!stop.stop_requested()) {
      std::array<pollfd, 2> fds{pollfd{fd_.get(), POLLIN, 0}, pollfd{wake_.fd(), POLLIN, 0}};
      ::poll(fds.data(), fds.size(), 20);
      sockaddr_in from{};
      socklen_t length = sizeof from;
      const ssize_t got = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                     reinterpret_cast<sockaddr*>(&from), &length);
      const absl::MutexLock lock(&mutex_);
      if (got > 0) {
        client_ = from;
        course_.receive(std::span(buffer).first(static_cast<std::size_t>(got)), base::steady_now(),
                        heard_);
      }
      if (client_.sin_port != 0) course_.tick(base::steady_now());
    }
  }

  const std::uint8_t epoch_;
  const datagram::Keys up_ = *datagram::Keys::random();
  const datagram::Keys down_ = *datagram::Keys::random();
  const base::FileDescriptor fd_{::socket(AF_INET, SOCK_DGRAM, 0)};
  base::WakeEvent wake_;
  std::uint16_t port_ = 0;
  absl::Mutex mutex_;
  sockaddr_in client_ ABSL_GUARDED_BY(mutex_){};
  wire::VoicePackets heard_ ABSL_GUARDED_BY(mutex_);
  DatagramCourse course_ ABSL_GUARDED_BY(mutex_){
      {port_, kConnection, epoch_, down_, up_}, *this, base::steady_now()};
  std::jthread thread_;
};

}  // namespace comcat::transport
