#include "server/health.h"

#include <future>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "comcat/rpc/completion.h"
#include "comcat/rpc/deadline.h"

namespace comcat::server {
namespace {

using namespace std::chrono_literals;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr auto kPatience = 20s;

/// A Health on a real server, whose queue the test waits for itself, at times given by hand.
class Clinic {
 public:
  Clinic() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    queue_ = builder.AddCompletionQueue();
    server_ = builder.BuildAndStart();
    health = std::make_unique<Health>(service_, *queue_, guests_);
    health->tick(now);
    health->start();
    stub = grpc::health::v1::Health::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  }
  ~Clinic() {
    server_->Shutdown(rpc::at_once());
    health->stop();
    queue_->Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_->Next(&tag, &ok)) static_cast<rpc::Completion*>(tag)->complete(ok);
  }

  /// Serves the queue until `call`, made on another thread, has come back.
  template <typename Call>
  auto serve(Call call) {
    auto result = std::async(std::launch::async, call);
    const base::Time deadline = base::steady_now() + kPatience;
    while (result.wait_for(0s) != std::future_status::ready && base::steady_now() < deadline) {
      serve_one();
    }
    return result.get();
  }

  /// Serves the queue until `holds`.
  template <typename Condition>
  [[nodiscard]] bool serve_until(Condition holds) {
    const base::Time deadline = base::steady_now() + kPatience;
    while (!holds() && base::steady_now() < deadline) serve_one();
    return holds();
  }

  grpc::Status check(const std::string& service, HealthCheckResponse* response) {
    return serve([&] {
      grpc::ClientContext context;
      HealthCheckRequest request;
      request.set_service(service);
      context.set_deadline(std::chrono::system_clock::now() + kPatience);
      return stub->Check(&context, request, response);
    });
  }

  base::Time now{1000s};
  int events = 0;  // that have been served
  std::unique_ptr<Health> health;
  std::unique_ptr<grpc::health::v1::Health::Stub> stub;

 private:
  void serve_one() {
    void* tag = nullptr;
    bool ok = false;
    const auto status = queue_->AsyncNext(&tag, &ok, rpc::deadline_in(1ms));
    health->tick(now);
    if (status != grpc::CompletionQueue::GOT_EVENT) return;
    ++events;
    static_cast<rpc::Completion*>(tag)->complete(ok);
  }

  HealthService service_;
  Metrics metrics_;
  GuestTable guests_{{}, metrics_};
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
};

/// Somebody who watches `service`.
class Watcher {
 public:
  explicit Watcher(Clinic& clinic, const std::string& service = "") : clinic_(clinic) {
    HealthCheckRequest request;
    request.set_service(service);
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    reader_ = clinic.stub->Watch(&context_, request);
  }

  /// The next status; UNKNOWN where the stream has ended.
  HealthCheckResponse::ServingStatus next() {
    return clinic_.serve([this] {
      HealthCheckResponse response;
      return reader_->Read(&response) ? response.status() : HealthCheckResponse::UNKNOWN;
    });
  }
  grpc::Status end() {
    return clinic_.serve([this] { return reader_->Finish(); });
  }
  void cancel() { context_.TryCancel(); }

 private:
  Clinic& clinic_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> reader_;
};

TEST(Health, ACheckIsServingUntilTheServerDrains) {
  Clinic clinic;
  HealthCheckResponse response;
  for (const char* const service : {"", "Calling"}) {
    ASSERT_TRUE(clinic.check(service, &response).ok());
    EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  }
  clinic.health->drain();
  ASSERT_TRUE(clinic.check("", &response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
}

TEST(Health, WhoWatchesAnUnknownServiceIsToldSoOnceAndNothingElseUntilTheEnd) {
  Clinic clinic;
  Watcher watcher(clinic, "Cooking");
  EXPECT_EQ(watcher.next(), HealthCheckResponse::SERVICE_UNKNOWN);
  clinic.health->drain();
  EXPECT_EQ(watcher.next(), HealthCheckResponse::UNKNOWN) << "the stream's end";
  EXPECT_TRUE(watcher.end().ok());
}

TEST(Health, ACheckOfAnotherServiceFindsNone) {
  Clinic clinic;
  HealthCheckResponse response;
  EXPECT_EQ(clinic.check("Cooking", &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(Health, AWatcherIsToldWhenTheServerDrainsAndIsThenDone) {
  Clinic clinic;
  Watcher watcher(clinic);
  EXPECT_EQ(watcher.next(), HealthCheckResponse::SERVING);
  EXPECT_FALSE(clinic.health->idle());
  clinic.health->drain();
  EXPECT_EQ(watcher.next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_TRUE(watcher.end().ok());
  EXPECT_TRUE(clinic.serve_until([&] { return clinic.health->idle(); }));
}

TEST(Health, WhoBeginsToWatchADrainingServerIsToldAtOnce) {
  Clinic clinic;
  clinic.health->drain();
  Watcher watcher(clinic);
  EXPECT_EQ(watcher.next(), HealthCheckResponse::NOT_SERVING);
  while (watcher.next() == HealthCheckResponse::NOT_SERVING) {
  }
  EXPECT_TRUE(watcher.end().ok());
}

TEST(Health, AWatchEndsAfterItsTime) {
  Clinic clinic;
  Watcher watcher(clinic);
  EXPECT_EQ(watcher.next(), HealthCheckResponse::SERVING);
  // Accepted and written: whoever's first word is still under way then reads nothing, and is cut.
  ASSERT_TRUE(clinic.serve_until([&] { return clinic.events == 2; }));
  clinic.now += Health::kMaxWatch + 1s;
  EXPECT_EQ(watcher.next(), HealthCheckResponse::UNKNOWN);
  EXPECT_TRUE(watcher.end().ok());
  EXPECT_TRUE(clinic.serve_until([&] { return clinic.health->idle(); }));
}

TEST(Health, WhoHangsUpWatchesNoLonger) {
  Clinic clinic;
  Watcher watcher(clinic);
  EXPECT_EQ(watcher.next(), HealthCheckResponse::SERVING);
  watcher.cancel();
  EXPECT_TRUE(clinic.serve_until([&] { return clinic.health->idle(); }));
}

TEST(Health, OneWatcherTooManyOfAnAddressTakesThePlaceOfItsOldest) {
  Clinic clinic;
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (std::size_t i = 0; i < Health::kMaxWatchersPerAddress; ++i) {
    watchers.push_back(std::make_unique<Watcher>(clinic));
    ASSERT_EQ(watchers.back()->next(), HealthCheckResponse::SERVING);
  }
  Watcher late(clinic);
  EXPECT_EQ(late.next(), HealthCheckResponse::SERVING);
  EXPECT_FALSE(watchers.front()->end().ok());
  late.cancel();
  EXPECT_FALSE(late.end().ok());
  EXPECT_TRUE(clinic.serve_until([&] {
    Watcher next(clinic);
    return next.next() == HealthCheckResponse::SERVING;
  }));
}

}  // namespace
}  // namespace comcat::server
