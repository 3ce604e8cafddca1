#include "support/datagram_caller.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>
#include <utility>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include "comcat/datagram/control.h"
#include "comcat/datagram/keys.h"
#include "comcat/datagram/voice.h"

namespace comcat::testing {
namespace {

using datagram::Type;

constexpr unsigned kFeatures = 1 | 4 | 64;  // batches, datagrams, coming back
constexpr std::chrono::milliseconds kLook{5};

}  // namespace

base::FileDescriptor udp_socket(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return {};
  base::FileDescriptor fd(socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  std::ignore = ::connect(fd.get(), found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return fd;
}

bool has_come(const base::FileDescriptor& socket) {
  std::byte byte{};
  return recv(socket.get(), &byte, sizeof(byte), MSG_DONTWAIT | MSG_PEEK) >= 0;
}

void send_to(const base::FileDescriptor& socket, const std::string& bytes) {
  std::ignore = ::send(socket.get(), bytes.data(), bytes.size(), 0);
}

DatagramCaller::DatagramCaller(int port, std::string host)
    : host_(std::move(host)), stream_({.port = port, .tls = true}) {}

bool DatagramCaller::join(const std::string& name, const std::string& resume_key) {
  ClientREQ hello;
  hello.mutable_signal()->set_name(name);
  hello.mutable_signal()->set_features(kFeatures);
  hello.mutable_signal()->set_resume_key(resume_key);
  if (!stream_.send(hello)) return false;
  const auto answer = stream_.wait_for([](const ServerRES& r) { return r.has_signal(); });
  if (!answer || !answer->signal().has_datagrams()) return false;
  welcome_ = answer->signal();
  const DatagramOffer& offer = welcome_.datagrams();
  const auto up = datagram::Keys::of(offer.up_key(), offer.up_salt());
  const auto down = datagram::Keys::of(offer.down_key(), offer.down_salt());
  if (!up || !down) return false;
  const auto epoch = static_cast<std::uint8_t>(offer.epoch());
  sealer_.emplace(*up, offer.connection(), epoch);
  opener_.emplace(*down, offer.connection(), epoch);
  path_.emplace(/*keeps_alive=*/true, base::steady_now());
  socket_ = connected();
  return true;
}

base::FileDescriptor DatagramCaller::connected() const {
  return udp_socket(host_, static_cast<int>(welcome_.datagrams().port()));
}

bool DatagramCaller::use_datagrams() {
  // To the server's first probe the address, and to three more the way.
  return wait_until(
             [this] { return way() == datagram::Way::kDatagram && probes_answered_ >= 4; }) &&
         round_trip();
}

bool DatagramCaller::wait_until(const std::function<bool()>& true_now) {
  const base::Time end = base::steady_now() + kPatience;
  while (base::steady_now() < end) {
    serve();
    if (true_now()) return true;
    pollfd fd{socket_.get(), POLLIN, 0};
    poll(&fd, 1, static_cast<int>(kLook.count()));
  }
  return false;
}

void DatagramCaller::serve() {
  read();
  const base::Time now = base::steady_now();
  const datagram::PathState::Due due = path_->due(now);
  if (due.probe) {
    send(Type::kProbe, datagram::encode(path_->probe(*datagram::random_number(), now)));
  }
  if (due.report) {
    const datagram::Report report = path_->report(now);
    if (way() != datagram::Way::kStream) send(Type::kReport, datagram::encode(report));
    if (way() != datagram::Way::kDatagram) {
      ClientREQ request;
      request.mutable_datagram_report()->set_highest(report.highest);
      request.mutable_datagram_report()->set_received(report.received);
      stream_.send(request);
    }
  }
}

void DatagramCaller::read() {
  std::array<std::byte, 2048> buffer{};
  for (;;) {
    const ssize_t bytes = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (bytes < 0) return;
    if (!broken_) take(std::span(buffer).first(static_cast<std::size_t>(bytes)));
  }
}

void DatagramCaller::take(datagram::Bytes bytes) {
  const base::Time now = base::steady_now();
  const auto header = datagram::parse_header(bytes);
  const auto body = header ? opener_->open(*header, bytes) : std::nullopt;
  if (!body) return;
  path_->received(*header, now);
  if (header->type == Type::kVoice) {
    wire::VoicePackets packets;
    if (datagram::parse_voice(*body, packets)) {
      std::ranges::move(packets, std::back_inserter(heard_));
    }
  } else if (header->type == Type::kReport) {
    if (const auto report = datagram::parse_report(*body)) path_->told(*report, now);
  } else if (const auto probe = datagram::parse_probe(*body)) {
    if (header->type == Type::kEcho) {
      echoes_ += path_->echo_came(*probe, now) ? 1 : 0;
    } else {
      ++probes_answered_;
      send(Type::kEcho, datagram::encode(path_->probe_came(*probe, now)));
    }
  }
}

void DatagramCaller::send(Type type, std::string_view body) {
  std::array<std::byte, datagram::kMaxDatagramBytes> out{};
  const std::uint64_t counter = sealer_->next_counter();
  const std::size_t bytes = sealer_->seal(type, body, out);
  last_ = std::string(datagram::as_text(std::span(out).first(bytes)));
  path_->sent(type, counter, base::steady_now());
  if (!broken_) send_to(socket_, last_);
}

std::string DatagramCaller::say(std::uint32_t sequence, const std::string& opus) {
  std::string body;
  datagram::append_voice({0, sequence, sequence * 960, 960, 20, opus}, body);
  send(Type::kVoice, body);
  return last_;
}

std::optional<wire::VoicePacket> DatagramCaller::hear() {
  if (!wait_until([this] { return !heard_.empty(); })) return std::nullopt;
  wire::VoicePacket packet = std::move(heard_.front());
  heard_.pop_front();
  return packet;
}

bool DatagramCaller::round_trip() {
  const int before = echoes_;
  const base::Time now = base::steady_now();
  send(Type::kProbe, datagram::encode(path_->probe(*datagram::random_number(), now)));
  return wait_until([&] { return echoes_ > before; });
}

void DatagramCaller::move() {
  socket_ = connected();
  path_->moved(base::steady_now());
}

}  // namespace comcat::testing
