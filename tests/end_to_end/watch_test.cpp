// What those who run a server see of it: health, metrics.

#include <fstream>
#include <iterator>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>

#include "health.grpc.pb.h"
#include "support/caller.h"
#include "support/http2.h"
#include "support/http_get.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

/// Over a connection of its own.
std::unique_ptr<grpc::health::v1::Health::Stub> health_of(const ServerProcess& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::health::v1::Health::NewStub(
      grpc::CreateCustomChannel(server.host(), grpc::InsecureChannelCredentials(), arguments));
}

/// Somebody who watches, and was told once that the server is well.
struct Watcher {
  explicit Watcher(const ServerProcess& server, std::chrono::seconds patience)
      : health(health_of(server)) {
    context.set_deadline(std::chrono::system_clock::now() + patience);
    watch = health->Watch(&context, HealthCheckRequest());
    HealthCheckResponse response;
    told = watch->Read(&response) && response.status() == HealthCheckResponse::SERVING;
  }
  ~Watcher() { context.TryCancel(); }

  std::unique_ptr<grpc::health::v1::Health::Stub> health;
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> watch;
  bool told = false;
};

int metrics_port(ServerProcess& server) {
  const auto line = server.process().wait_for_line(Process::kErr, " metrics port=");
  return line ? std::stoi(line->substr(line->rfind('=') + 1)) : 0;
}

std::set<std::string> metrics_named_in(const std::string& document) {
  std::ifstream file(std::string(COMCAT_DOCS_DIR) + "/" + document);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::regex name("comcat_[a-z_]+[a-z]");
  std::set<std::string> names;
  for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found) {
    names.insert(found->str());
  }
  return names;
}

TEST(Health, IsServingUntilTheServerDrains) {
  ServerProcess server;
  const auto health = health_of(server);
  grpc::ClientContext context;
  const auto watch = health->Watch(&context, HealthCheckRequest());
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(HealthCheckResponse::SERVING, response.status());
  server.process().signal(SIGTERM);
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(HealthCheckResponse::NOT_SERVING, response.status());
  EXPECT_EQ(0, server.process().wait_exit());
}

TEST(Health, KnowsItsServices) {
  ServerProcess server;
  const auto health = health_of(server);
  HealthCheckRequest request;
  HealthCheckResponse response;
  {
    grpc::ClientContext context;
    request.set_service("Calling");
    EXPECT_TRUE(health->Check(&context, request, &response).ok());
    EXPECT_EQ(HealthCheckResponse::SERVING, response.status());
  }
  grpc::ClientContext context;
  request.set_service("Cooking");
  EXPECT_EQ(grpc::StatusCode::NOT_FOUND, health->Check(&context, request, &response).error_code());
}

TEST(Health, OneStrangerWhoHoldsEveryWatchThatHeCanKeepsNobodyOut) {
  ServerProcess server;
  std::vector<std::unique_ptr<Watcher>> crowd;
  for (int i = 0; i < 70; ++i) {
    crowd.push_back(std::make_unique<Watcher>(server, std::chrono::seconds(60)));
  }
  EXPECT_TRUE(Watcher(server, std::chrono::seconds(10)).told);
  const auto health = health_of(server);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  HealthCheckResponse response;
  EXPECT_TRUE(health->Check(&context, HealthCheckRequest(), &response).ok());
}

TEST(MetricsEndpoint, CountsWhatHappens) {
  ServerProcess server({"--metrics=127.0.0.1:0"});
  const int port = metrics_port(server);
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  Caller stranger({.port = server.port(), .passcode = "wrong"});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  EXPECT_FALSE(stranger.status().ok());
  ASSERT_TRUE(an.send_voice("x"));
  ASSERT_TRUE(binh.wait_for_voice());
  const std::string metrics = http_get(port, "/metrics");
  for (const char* expected :
       {"comcat_build_info{", "version=\"0.", "comcat_clients 2", "comcat_rooms 1",
        "comcat_joins_total 2", "comcat_frames_in_total 1",
        "comcat_refusals_total{reason=\"passcode\"} 1", "comcat_drops_total{reason=\"muted\"} 0",
        "comcat_connections_refused_total{reason=\"total_limit\"} 0",
        "comcat_accept_failures_total 0", "comcat_queue_age_seconds_bucket",
        "comcat_write_seconds_count", "comcat_process_cpu_seconds_total",
        "comcat_process_resident_memory_bytes"}) {
    EXPECT_NE(std::string::npos, metrics.find(expected)) << expected;
  }
}

TEST(MetricsEndpoint, HasEveryMetricThatTheAlertsAndTheManualName) {
  // Nobody answers there; the metrics of a cluster are there all the same, those of its other
  // servers without a figure.
  ServerProcess server({"--metrics=127.0.0.1:0", "--nats=nats://127.0.0.1:9"});
  const std::string metrics = http_get(metrics_port(server), "/metrics");
  for (const char* const document : {"alerts.yml", "operations.md"}) {
    const std::set<std::string> names = metrics_named_in(document);
    EXPECT_LE(8U, names.size()) << document;
    for (const std::string& name : names) {
      const std::string line = name.starts_with("comcat_peer_") ? "# TYPE " + name + ' ' : name;
      EXPECT_NE(std::string::npos, metrics.find("\n" + line)) << name << " in " << document;
    }
  }
}

TEST(MetricsEndpoint, OfAServerThatIsAloneHasNothingOfAClusters) {
  ServerProcess server({"--metrics=127.0.0.1:0"});
  const std::string metrics = http_get(metrics_port(server), "/metrics");
  EXPECT_EQ(std::string::npos, metrics.find("comcat_cluster"));
  EXPECT_EQ(std::string::npos, metrics.find("comcat_bus"));
  EXPECT_EQ(std::string::npos, metrics.find("comcat_text_log"));
}

TEST(MetricsEndpoint, WhoConnectsAndSaysNothingDelaysNoScrape) {
  ServerProcess server({"--metrics=127.0.0.1:0"});
  const int port = metrics_port(server);
  std::vector<std::unique_ptr<Connection>> silent;
  for (int i = 0; i < 250; ++i) {
    silent.push_back(std::make_unique<Connection>(port));
    ASSERT_TRUE(silent.back()->connected());
  }
  const auto began = std::chrono::steady_clock::now();
  EXPECT_NE(std::string::npos, http_get(port, "/metrics").find("comcat_clients 0"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

TEST(MetricsEndpoint, AnswersNothingButAGetOfTheMetrics) {
  ServerProcess server({"--metrics=127.0.0.1:0"});
  const int port = metrics_port(server);
  EXPECT_EQ(0U, http_get(port, "/").find("HTTP/1.1 404 "));
  EXPECT_EQ(0U, answer_to(port, "PUT /metrics HTTP/1.0\r\n\r\n").find("HTTP/1.1 405 "));
}

TEST(MetricsEndpoint, AnAddressThatIsTakenIsOneSentenceAndTwo) {
  ServerProcess server({"--metrics=127.0.0.1:0"});
  const std::string taken = "127.0.0.1:" + std::to_string(metrics_port(server));
  Process second({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0",
                  "--metrics=" + taken});
  EXPECT_TRUE(second.wait_for_line(
      Process::kErr,
      "comcat-server: cannot listen on " + taken +
          ": Address already in use; choose another address or port with --metrics"));
  EXPECT_EQ(2, second.wait_exit());
}

TEST(MetricsEndpoint, AnAddressThatCannotBeIsOneSentenceAndTwo) {
  Process server({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0",
                  "--metrics=nonsense"});
  EXPECT_TRUE(
      server.wait_for_line(Process::kErr, "comcat-server: --metrics nonsense is not HOST:PORT; "));
  EXPECT_EQ(2, server.wait_exit());
}

}  // namespace
}  // namespace comcat::testing
