#include "stage.h"

#include <utility>

#include "comcat/base/event.h"
#include "comcat/rpc/deadline.h"

namespace comcat::server {

Stage::Stage(Options options) {
  grpc::ServerBuilder builder;
  builder.RegisterService(&service_);
  builder.RegisterService(&health_);
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  shard_ = std::make_unique<Shard>(options.hub, options.admission, metrics_, std::move(queue),
                                   service_, health_, guests_, doorman_, options.datagrams);
  server_ = builder.BuildAndStart();
  shard_->start();
}

Stage::~Stage() {
  stop();
}

std::shared_ptr<grpc::Channel> Stage::connect() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port_),
                                   grpc::InsecureChannelCredentials(), arguments);
}

bool Stage::on_shard(const std::function<void()>& task) {
  const auto done = std::make_shared<base::Event>();
  shard_->post([task, done] {
    task();
    done->set();
  });
  return done->wait_for(kPatience);
}

bool Stage::await(const std::function<bool()>& holds) {
  const base::Time deadline = base::steady_now() + kPatience;
  bool held = false;
  while (!held && base::steady_now() < deadline) {
    if (!on_shard([&] { held = holds(); })) return false;
  }
  return held;
}

void Stage::stop() {
  if (!server_) return;
  server_->Shutdown(rpc::at_once());
  shard_->join();
  server_.reset();
}

}  // namespace comcat::server
