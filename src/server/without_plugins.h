#pragma once

#include <memory>
#include <vector>

#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>

namespace comcat::server {

/// Takes out of a server what libraries have put into each of the process by being linked: that is
/// how reflection gets in, and with it a thread that waits for gRPC.
class WithoutPlugins final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->clear();
  }
};

}  // namespace comcat::server
