#include "support/scripted_server.h"

#include <cstdlib>
#include <utility>
#include <vector>

namespace comcat::testing {
namespace {

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return {};
  std::string out;
  for (const grpc::Slice& slice : slices) {
    out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return out;
}

}  // namespace

std::optional<wire::Request> ScriptedServer::Call::read() {
  grpc::ByteBuffer buffer;
  if (!stream_->Read(&buffer)) return std::nullopt;
  const std::string bytes = bytes_of(buffer);
  auto request = wire::parse_request(std::as_bytes(std::span(bytes.data(), bytes.size())));
  if (!request.ok()) std::abort();  // the client under test never sends such a thing
  return *std::move(request);
}

void ScriptedServer::Call::give_nonce(const std::string& nonce) {
  context_->AddInitialMetadata(wire::kNonceKey, nonce);
  stream_->SendInitialMetadata();
}

bool ScriptedServer::Call::write(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return stream_->Write(grpc::ByteBuffer(&slice, 1));
}

void ScriptedServer::Call::wait_until_cancelled() {
  while (read()) {
  }
  // The client has half-closed at the most. A write that fails is the sign that it has gone.
  while (!context_->IsCancelled() && write(wire::encode_response(wire::Event{}))) {
  }
}

std::optional<std::string> ScriptedServer::Call::passcode() const {
  const auto& metadata = context_->client_metadata();
  const auto found = metadata.find(wire::kPasscodeKey);
  if (found == metadata.end()) return std::nullopt;
  return std::string(found->second.data(), found->second.size());
}

/// One method, on raw bytes, with a thread for each call.
class ScriptedServer::Service final : public grpc::Service {
 public:
  explicit Service(Script script) : script_(std::move(script)) {
    using Stream = grpc::ServerReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
    AddMethod(new grpc::internal::RpcServiceMethod(
        "/Calling/VoIP", grpc::internal::RpcMethod::BIDI_STREAMING,
        new grpc::internal::BidiStreamingHandler<Service, grpc::ByteBuffer, grpc::ByteBuffer>(
            [](Service* service, grpc::ServerContext* context, Stream* stream) {
              return service->serve(*context, *stream);
            },
            this)));
  }

  [[nodiscard]] int calls() const {
    const absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  grpc::Status serve(grpc::ServerContext& context,
                     grpc::ServerReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>& stream) {
    Call call;
    call.context_ = &context;
    call.stream_ = &stream;
    {
      const absl::MutexLock lock(&mutex_);
      call.number_ = calls_++;
    }
    return script_(call);
  }

  const Script script_;
  mutable absl::Mutex mutex_;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

ScriptedServer::ScriptedServer(Script script, std::optional<TestCertificate> tls, int port)
    : service_(std::make_unique<Service>(std::move(script))) {
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (tls) {
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({tls->key_pem, tls->certificate_pem});
    credentials = grpc::SslServerCredentials(options);
  }
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 100);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), credentials, &port_);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  if (!server_ || port_ == 0) std::abort();
}

ScriptedServer::~ScriptedServer() {
  server_->Shutdown(std::chrono::system_clock::now());  // cancels the calls that still run
  server_->Wait();
}

int ScriptedServer::calls() const {
  return service_->calls();
}

}  // namespace comcat::testing
