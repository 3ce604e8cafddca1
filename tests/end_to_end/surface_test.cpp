// What of a server answers to somebody without the passcode.

#include <map>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include "support/server_process.h"

namespace comcat::testing {
namespace {

using grpc::StatusCode;

struct Answer {
  StatusCode code = StatusCode::OK;
  std::vector<std::string> messages;
};

/// Calls `method` with one message, `request`, and without a passcode; the answers to the end.
Answer call(const ServerProcess& server, const std::string& method, const std::string& request) {
  using Stream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  const auto channel = grpc::CreateChannel(server.host(), grpc::InsecureChannelCredentials());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const grpc::internal::RpcMethod rpc(method.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING);
  const std::unique_ptr<Stream> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          channel.get(), rpc, &context));
  const grpc::Slice slice(request);
  stream->Write(grpc::ByteBuffer(&slice, 1));
  stream->WritesDone();
  Answer answer;
  grpc::ByteBuffer message;
  while (stream->Read(&message)) {
    grpc::Slice bytes;
    EXPECT_TRUE(message.DumpToSingleSlice(&bytes).ok());
    answer.messages.emplace_back(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    if (method.ends_with("/Watch")) context.TryCancel();  // it would go on
  }
  answer.code = stream->Finish().error_code();
  return answer;
}

/// ServerReflectionRequest{list_services: ""}
const std::string kListServices("\x3a\x00", 2);
constexpr const char* kReflection =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

/// Every method that gRPC or a library beside it may put into a server, and ours.
std::map<std::string, StatusCode> what_a_stranger_is_told() {
  return {
      {"/Calling/VoIP", StatusCode::UNAUTHENTICATED},
      {"/grpc.health.v1.Health/Check", StatusCode::OK},
      {"/grpc.health.v1.Health/Watch", StatusCode::CANCELLED},  // by us, after its first answer
      {kReflection, StatusCode::UNIMPLEMENTED},
      {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", StatusCode::UNIMPLEMENTED},
      {"/grpc.channelz.v1.Channelz/GetTopChannels", StatusCode::UNIMPLEMENTED},
      {"/grpc.channelz.v1.Channelz/GetServers", StatusCode::UNIMPLEMENTED},
      {"/grpc.lb.v1.LoadReporter/ReportLoad", StatusCode::UNIMPLEMENTED},
      {"/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus",
       StatusCode::UNIMPLEMENTED},
      {"/Calling/", StatusCode::UNIMPLEMENTED},
  };
}

TEST(Surface, AStrangerCanCallHealthAndNothingElse) {
  ServerProcess server;
  for (const auto& [method, code] : what_a_stranger_is_told()) {
    EXPECT_EQ(code, call(server, method, "").code) << method;
  }
}

TEST(Surface, WithReflectionAStrangerCanCallThatToo) {
  ServerProcess server({"--reflection"});
  auto expected = what_a_stranger_is_told();
  expected[kReflection] = StatusCode::OK;
  for (const auto& [method, code] : expected) {
    EXPECT_EQ(code, call(server, method, "").code) << method;
  }
}

TEST(Surface, ReflectionListsEveryServiceThereIs) {
  ServerProcess server({"--reflection"});
  const Answer answer = call(server, kReflection, kListServices);
  ASSERT_EQ(1U, answer.messages.size());
  // ServerReflectionResponse{list_services_response: {service: [{name: ...}, ...]}}
  std::string list;
  for (const char* const name :
       {"Calling", "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}) {
    const std::string text(name);
    const auto size = static_cast<char>(text.size());
    list += std::string("\x0a") + static_cast<char>(size + 2) + "\x0a" + size + text;
  }
  const std::string field = std::string("\x32") + static_cast<char>(list.size()) + list;
  EXPECT_TRUE(answer.messages[0].ends_with(field)) << answer.messages[0];
}

}  // namespace
}  // namespace comcat::testing
