#include "grpc_call.h"

#include <utility>

#include "comcat/wire/limits.h"

#include "verifier.h"

namespace comcat::transport {
namespace {

constexpr const char* kMethod = "/Calling/VoIP";
constexpr int kMaxMetadataBytes = 4 * 1024;  // of headers or trailers; a status text is the longest
/// What gRPC may hold of a call: above it, it ends the call.
constexpr std::size_t kMemoryQuotaBytes = std::size_t{16} << 20;

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
  out.SetMaxReceiveMessageSize(static_cast<int>(wire::kMaxResponseBytes));
  // Voice is never compressed, and what is would have to be unpacked before its size is known.
  out.SetInt(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  out.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  grpc::ResourceQuota quota("comcat-call");
  quota.Resize(kMemoryQuotaBytes);
  out.SetResourceQuota(quota);
  out.SetUserAgentPrefix("comcat");
  hold.attach(out);
  return out;
}

/// To `at`; to TLS and the server it remains the address that the user named.
std::shared_ptr<grpc::Channel> make_channel(const GrpcCall::Options& options,
                                            const base::Address& at, WriteHold& hold) {
  const auto credentials =
      options.judge ? judged_credentials(options.judge) : grpc::InsecureChannelCredentials();
  grpc::ChannelArguments its = arguments(options, hold);
  if (at.host != options.address.host) {
    its.SetString(GRPC_ARG_DEFAULT_AUTHORITY, base::to_string(options.address));
  }
  return grpc::CreateCustomChannel(grpc_target(at), credentials, its);
}

}  // namespace

GrpcCall::GrpcCall(const Options& options, grpc::CompletionQueue& queue, Handler& handler)
    : options_(options), queue_(queue), handler_(handler) {
  if (!options.passcode.empty()) context_.AddMetadata(wire::kPasscodeKey, options.passcode);
  if (!options.host_passcode.empty()) {
    context_.AddMetadata(wire::kHostPasscodeKey, options.host_passcode);
  }
}

void GrpcCall::start() {
  if (is_number(options_.address.host)) {
    connect(options_.address);
  } else {
    race_.emplace(options_.address, queue_, found_.begin());
  }
}

void GrpcCall::connect(const base::Address& at) {
  stub_ = std::make_unique<grpc::GenericStub>(make_channel(options_, at, hold_));
  stream_ = stub_->PrepareCall(&context_, kMethod, &queue_);
  stream_->StartCall(started_.begin());
}

void GrpcCall::on_found(bool /*ok*/) {
  const absl::StatusOr<base::Address>& found = race_->result();
  if (found.ok()) {
    connect(*found);
    return;
  }
  status_ = {static_cast<grpc::StatusCode>(found.status().code()),
             std::string(found.status().message())};
  finished_ = true;
}

void GrpcCall::cancel() {
  if (found_.pending()) race_->abandon();
  context_.TryCancel();
  hold_.cut();
}

void GrpcCall::on_started(bool ok) {
  handler_.on_started(ok);
}

void GrpcCall::read_headers() {
  stream_->ReadInitialMetadata(headers_.begin());
}

void GrpcCall::on_headers(bool /*ok*/) {
  handler_.on_headers();
}

std::string GrpcCall::header(const char* key) const {
  const auto& metadata = context_.GetServerInitialMetadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return "";
  return {found->second.data(), found->second.size()};
}

void GrpcCall::read() {
  stream_->Read(&read_buffer_, read_.begin());
}

void GrpcCall::on_read(bool ok) {
  if (ok) hold_.received(read_buffer_.Length(), base::steady_now());
  handler_.on_read(ok);
}

void GrpcCall::write(const std::string& bytes) {
  stream_->Write(rpc::to_buffer(bytes), grpc::WriteOptions().set_write_through(), written_.begin());
}

void GrpcCall::on_written(bool ok) {
  hold_.flush(base::steady_now());
  handler_.on_written(ok);
}

void GrpcCall::half_close() {
  stream_->WritesDone(half_closed_.begin());
}

void GrpcCall::on_half_closed(bool /*ok*/) {
  hold_.flush(base::steady_now());
}

void GrpcCall::finish() {
  stream_->Finish(&status_, finishing_.begin());
}

void GrpcCall::on_finished(bool /*ok*/) {
  finished_ = true;
}

void GrpcCall::settle() {
  if (!finished_ || found_.pending() || started_.pending() || headers_.pending() ||
      read_.pending() || written_.pending() || half_closed_.pending()) {
    return;
  }
  handler_.on_ended();
}

}  // namespace comcat::transport
