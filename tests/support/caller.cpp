#include "support/caller.h"

#include <tuple>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace comcat::testing {
namespace {

sockaddr_in loopback(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

/// A connection as `options` have it; where there is none, gRPC finds out.
int connect_as(const Caller::Options& options) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (const int most = options.segment_bytes; most > 0) {
    std::ignore = setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &most, sizeof most);
  }
  const timeval patience{Caller::kPatience.count(), 0};
  std::ignore = setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const sockaddr_in there = loopback("127.0.0.1", options.port);
  if (!options.from.empty()) {
    const sockaddr_in here = loopback(options.from, 0);
    std::ignore = bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here);
  }
  std::ignore = connect(fd, reinterpret_cast<const sockaddr*>(&there), sizeof there);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

/// Of a connection over TLS to whoever answers.
std::shared_ptr<grpc::ChannelCredentials> trusting() {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  return grpc::experimental::TlsCredentials(options);
}

/// Over a copy of `kept`, where there is one. Without TLS the connection is made here: gRPC 1.51,
/// having asked for one, does other things before it looks at errno, and one of them may look for
/// a file that is not there. Then gRPC takes a connection that is on its way for one that failed
/// ("No such file or directory"), and the server never hears of it.
std::shared_ptr<grpc::Channel> make_channel(const Caller::Options& options, int kept) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);            // else its window grows to megabytes
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const std::string target = "127.0.0.1:" + std::to_string(options.port);
  if (options.tls) return grpc::CreateCustomChannel(target, trusting(), arguments);
  const int socket = kept >= 0 ? dup(kept) : connect_as(options);
  return grpc::CreateCustomInsecureChannelFromFd(target, socket, arguments);  // which closes it
}

grpc::ByteBuffer to_buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::optional<ServerRES> parse(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  ServerRES response;
  if (!buffer.DumpToSingleSlice(&slice).ok() ||
      !response.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return std::nullopt;
  }
  return response;
}

}  // namespace

const Event& event_of(const ServerRES& response) {
  const Events& events = response.events();
  return events.events_size() == 0 ? Event::default_instance() : events.events(0);
}

Caller::Caller(const Options& options)
    : hear_(options.hear),
      socket_(options.from.empty() ? -1 : connect_as(options)),
      channel_(make_channel(options, socket_)) {
  if (options.passcode) context_.AddMetadata("passcode", *options.passcode);
  const grpc::internal::RpcMethod method("/Calling/VoIP",
                                         grpc::internal::RpcMethod::BIDI_STREAMING);
  stream_.reset(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          channel_.get(), method, &context_));
  if (options.reading) start_reading();
}

Caller::~Caller() {
  cancel();
  if (reader_.joinable()) reader_.join();
  if (!status_) std::ignore = stream_->Finish();
  if (socket_ >= 0) close(socket_);
}

void Caller::cut() {
  shutdown(socket_, SHUT_RDWR);
}

bool Caller::ended() {
  const absl::MutexLock lock(&mutex_);
  return ended_;
}

void Caller::start_reading() {
  reader_ = std::thread([this] { read_all(); });
}

void Caller::read_all() {
  keep_nonce();
  grpc::ByteBuffer buffer;
  while (stream_->Read(&buffer)) {
    std::optional<ServerRES> response = parse(buffer);
    if (hear_) {
      if (response) hear_(*response);
      continue;
    }
    const absl::MutexLock lock(&mutex_);
    if (response) keep(std::move(*response));
  }
  const absl::MutexLock lock(&mutex_);
  ended_ = true;
}

void Caller::keep_nonce() {
  stream_->WaitForInitialMetadata();
  const auto& metadata = context_.GetServerInitialMetadata();
  const auto found = metadata.find("nonce-bin");
  const absl::MutexLock lock(&mutex_);
  nonce_ = found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

std::string Caller::nonce() {
  const absl::MutexLock lock(&mutex_);
  const auto is_there = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return nonce_.has_value(); };
  mutex_.AwaitWithTimeout(absl::Condition(&is_there), absl::FromChrono(kPatience));
  return nonce_.value_or("");
}

void Caller::keep(ServerRES response) {
  if (!response.has_events()) {
    received_.push_back(std::move(response));
    return;
  }
  for (Event& event : *response.mutable_events()->mutable_events()) {
    ServerRES one;
    *one.mutable_events()->add_events() = std::move(event);
    received_.push_back(std::move(one));
  }
}

std::optional<ServerSignal> Caller::hello(const std::string& name, const std::string& room,
                                          unsigned features, std::chrono::milliseconds timeout) {
  ClientREQ request;
  request.mutable_signal()->set_name(name);
  request.mutable_signal()->set_room(room);
  request.mutable_signal()->set_features(features);
  if (!send(request)) return std::nullopt;
  auto response = wait_for([](const ServerRES& r) { return r.has_signal(); }, timeout);
  if (!response) return std::nullopt;
  return response->signal();
}

bool Caller::send(const ClientREQ& request) {
  return send_raw(request.SerializeAsString());
}

bool Caller::send_raw(const std::string& bytes) {
  return stream_->Write(to_buffer(bytes));
}

bool Caller::send_voice(const std::string& opus, unsigned sequence, unsigned level) {
  ClientREQ request;
  request.mutable_message()->set_chunk(opus);
  request.mutable_message()->set_sequence(sequence);
  request.mutable_message()->set_timestamp(sequence * 960);
  request.mutable_message()->set_level(level);
  return send(request);
}

std::optional<ServerRES> Caller::wait_for(const Match& match, std::chrono::milliseconds timeout) {
  const absl::Time deadline = absl::Now() + absl::FromChrono(timeout);
  const absl::MutexLock lock(&mutex_);
  for (;;) {
    while (!received_.empty()) {
      ServerRES response = std::move(received_.front());
      received_.pop_front();
      if (match(response)) return response;
    }
    const auto something = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return !received_.empty() || ended_;
    };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&something), deadline)) return std::nullopt;
    if (received_.empty()) return std::nullopt;
  }
}

std::optional<ServerRES> Caller::wait_for_voice() {
  return wait_for([](const ServerRES& r) { return r.has_voice() || r.has_message(); });
}

void Caller::stop_sending() {
  stream_->WritesDone();
}

grpc::Status Caller::status() {
  if (!status_) {
    if (reader_.joinable()) reader_.join();
    status_ = stream_->Finish();
  }
  return *status_;
}

}  // namespace comcat::testing
