#include "client.h"

#include <utility>

#include "comcat/base/clock.h"
#include "comcat/rpc/bytes.h"
#include "comcat/transport/address.h"
#include "comcat/transport/peer.h"
#include "comcat/wire/convert.h"

namespace comcat::load {
namespace {

// In a crowd each waits for its turn to connect. How long is Crowd's to decide.
constexpr int kConnectPatienceMs = 120'000;
constexpr const char* kMethod = "/Calling/VoIP";
constexpr int kMaxMessageBytes = 16 * wire::kMaxMessageBytes;  // a welcome names the whole room

/// As comcat-client sets its own, but that each client has a connection to itself.
grpc::ChannelArguments channel_arguments(transport::WriteHold* hold) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, transport::WriteHold::kWindowBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectPatienceMs);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  if (hold != nullptr) hold->attach(arguments);
  return arguments;
}

/// A write comes back once it has reached the socket: what is held can then be flushed.
grpc::WriteOptions write_options() {
  return grpc::WriteOptions().set_write_through();
}

absl::Status to_absl(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

}  // namespace

// A host's several addresses are gRPC's to try, one after the other: a race (AddressRace) would
// make connections of its own, which the server's limits count and the figures would not.
Client::Client(Seat seat, const Options& options,
               const std::shared_ptr<grpc::ChannelCredentials>& credentials, Receiver& receiver,
               Listener& listener, Observer& observer)
    : seat_(std::move(seat)),
      listener_(listener),
      receiver_(receiver),
      observer_(observer),
      passcode_(options.passcode),
      hold_(options.hold ? std::make_unique<transport::WriteHold>() : nullptr),
      stub_(grpc::CreateCustomChannel(transport::grpc_target(seat_.server), credentials,
                                      channel_arguments(hold_.get()))) {}

void Client::start() {
  if (!passcode_.empty()) context_.AddMetadata(wire::kPasscodeKey, passcode_);
  stream_ = stub_.PrepareCall(&context_, kMethod, &receiver_.queue());
  stream_->StartCall(started_.begin());
}

void Client::on_started(bool ok) {
  {
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) {
      finish();
      return;
    }
  }
  wire::Hello hello;
  if (!seat_.name.empty()) {
    hello.name = seat_.name;
    hello.room = seat_.room;
    hello.features = wire::kFeatureVoiceBatch;
    if (seat_.datagrams) hello.features |= wire::kFeatureDatagrams;
  }
  send(wire::encode_request(hello));
  stream_->Read(&incoming_, read_.begin());
}

void Client::on_read(bool ok) {
  if (ok) {
    take(incoming_);
    read_next();
    return;
  }
  const absl::MutexLock lock(&mutex_);
  finish();
}

void Client::take(const grpc::ByteBuffer& message) {
  const base::Time now = base::steady_now();
  if (hold_) hold_->received(message.Length(), now);
  Tally::count(receiver_.tally().responses);
  const std::optional<rpc::Contiguous> whole = rpc::Contiguous::of(message);
  if (!whole) return;
  absl::StatusOr<wire::Response> response = wire::parse_response(whole->bytes());
  if (!response.ok()) return;
  if (const auto* frames = std::get_if<wire::VoicePackets>(&*response)) {
    listener_.hear(*frames, now);
  } else if (const auto* report = std::get_if<wire::DatagramReport>(&*response)) {
    if (const auto end = datagrams()) end->told(*report);
  } else if (auto* welcome = std::get_if<wire::Welcome>(&*response)) {
    welcomed_ = true;
    begin_datagrams(*welcome);
    observer_.joined(seat_.index, *welcome);
  }
}

void Client::begin_datagrams(wire::Welcome& welcome) {
  const auto options = transport::take_offer(welcome);
  const std::optional<base::Address> peer = transport::parse_peer(context_.peer());
  if (!seat_.datagrams || !options || !peer) return;
  auto socket = transport::UdpSocket::open({peer->host, options->port});
  if (!socket.ok()) return;
  const auto report = [this](const datagram::Report& what) { send(wire::encode_request(what)); };
  auto end = std::make_shared<DatagramEnd>(*std::move(socket), *options, listener_, report);
  {
    const absl::MutexLock lock(&mutex_);
    datagrams_ = end;
  }
  receiver_.datagrams().add(std::move(end));
}

std::shared_ptr<DatagramEnd> Client::datagrams() {
  const absl::MutexLock lock(&mutex_);
  return datagrams_;
}

void Client::read_next() {
  const absl::MutexLock lock(&mutex_);
  parked_ = paused_;
  if (!parked_) stream_->Read(&incoming_, read_.begin());
}

void Client::pause() {
  const absl::MutexLock lock(&mutex_);
  if (datagrams_) datagrams_->set_paused(true);
  paused_ = true;
}

void Client::resume() {
  const absl::MutexLock lock(&mutex_);
  if (datagrams_) datagrams_->set_paused(false);
  paused_ = false;
  if (std::exchange(parked_, false) && !finishing_) stream_->Read(&incoming_, read_.begin());
}

void Client::say(const wire::VoiceUp& voice) {
  if (const auto end = datagrams(); end && end->say(voice.packet)) return;
  send(wire::encode_request(voice.packet, voice.original_name));
}

void Client::send(const std::string& request) {
  const absl::MutexLock lock(&mutex_);
  if (finishing_) return;
  outbox_.push_back(rpc::to_buffer(request));
  if (!writing_) write_next();
}

void Client::flood(const wire::VoicePacket& frame) {
  const absl::MutexLock lock(&mutex_);
  if (finishing_) return;
  flood_ = rpc::to_buffer(wire::encode_request(frame));
  if (!writing_) write_next();
}

void Client::write_next() {
  if (outbox_.empty() && !flood_) return;
  writing_ = true;
  stream_->Write(outbox_.empty() ? *flood_ : outbox_.front(), write_options(), written_.begin());
  if (!outbox_.empty()) outbox_.pop_front();
}

void Client::on_written(bool ok) {
  if (hold_) hold_->flush(base::steady_now());
  const absl::MutexLock lock(&mutex_);
  writing_ = false;
  if (!ok || finishing_) return;  // !ok: the read fails too and ends it
  write_next();
}

void Client::leave() {
  const absl::MutexLock lock(&mutex_);
  if (finishing_) return;
  if (parked_ || writing_) {
    context_.TryCancel();
    if (parked_) finish();
    return;
  }
  writing_ = true;  // nothing may be written any more
  stream_->WritesDone(left_.begin());
}

void Client::on_left(bool /*ok*/) {
  if (hold_) hold_->flush(base::steady_now());
}

void Client::cancel() {
  const absl::MutexLock lock(&mutex_);
  context_.TryCancel();
  if (parked_) finish();
}

void Client::finish() {
  if (std::exchange(finishing_, true)) return;
  stream_->Finish(&status_, finished_.begin());
}

void Client::on_finished(bool /*ok*/) {
  observer_.ended(seat_.index, welcomed_, to_absl(status_));
}

}  // namespace comcat::load
