#include "grpc_call.h"

#include <utility>

#include "comcat/wire/limits.h"

#include "verifier.h"

namespace comcat::transport {
namespace {

constexpr const char* kMethod = "/Calling/VoIP";

grpc::ChannelArguments arguments(const GrpcCall::Options& options, WriteHold& hold) {
  grpc::ChannelArguments out;
  out.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(options.keepalive_time.count()));
  out.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(options.keepalive_timeout.count()));
  out.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  out.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  out.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  out.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, WriteHold::kWindowBytes);
  out.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  out.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  out.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  out.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A welcome names everyone in the room.
  out.SetMaxReceiveMessageSize(static_cast<int>(16 * wire::kMaxMessageBytes));
  out.SetUserAgentPrefix("comcat");
  hold.attach(out);
  return out;
}

std::shared_ptr<grpc::Channel> make_channel(const GrpcCall::Options& options, WriteHold& hold) {
  const auto credentials =
      options.judge ? judged_credentials(options.judge) : grpc::InsecureChannelCredentials();
  return grpc::CreateCustomChannel("dns:///" + to_string(options.address), credentials,
                                   arguments(options, hold));
}

}  // namespace

GrpcCall::GrpcCall(const Options& options, grpc::CompletionQueue& queue)
    : channel_(make_channel(options, hold_)), stub_(channel_), queue_(queue) {
  if (!options.passcode.empty()) context_.AddMetadata(wire::kPasscodeKey, options.passcode);
  for (std::size_t i = 0; i < tags_.size(); ++i) tags_[i] = {this, static_cast<Operation>(i)};
}

GrpcCall::Tag* GrpcCall::begin(Operation operation) {
  const auto index = static_cast<std::size_t>(operation);
  outstanding_[index] = true;
  return &tags_[index];
}

void GrpcCall::start() {
  stream_ = stub_.PrepareCall(&context_, kMethod, &queue_);
  stream_->StartCall(begin(Operation::kStart));
}

void GrpcCall::read() {
  stream_->Read(&read_buffer_, begin(Operation::kRead));
}

void GrpcCall::write(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  stream_->Write(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions().set_write_through(),
                 begin(Operation::kWrite));
}

void GrpcCall::half_close() {
  stream_->WritesDone(begin(Operation::kHalfClose));
}

void GrpcCall::finish() {
  stream_->Finish(&status_, begin(Operation::kFinish));
}

void GrpcCall::done(Operation operation) {
  outstanding_[static_cast<std::size_t>(operation)] = false;
  if (operation == Operation::kFinish) finished_ = true;
  if (operation == Operation::kRead) {
    if (!std::exchange(answered_, true)) hold_.begin();
    hold_.received(read_buffer_.Length());
  }
  if (operation == Operation::kWrite || operation == Operation::kHalfClose) hold_.flush();
}

std::optional<std::string> GrpcCall::received() const {
  std::vector<grpc::Slice> slices;
  if (!read_buffer_.Dump(&slices).ok()) return std::nullopt;
  std::string out;
  out.reserve(read_buffer_.Length());
  for (const grpc::Slice& slice : slices) {
    out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return out;
}

bool GrpcCall::finished() const {
  for (const bool is_outstanding : outstanding_) {
    if (is_outstanding) return false;
  }
  return finished_;
}

}  // namespace comcat::transport
