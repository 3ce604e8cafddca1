// Three real NATS servers that keep texts together, for two servers of comcat.

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "end_to_end/texting.h"
#include "support/caller.h"
#include "support/nats_server.h"
#include "support/process.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

constexpr std::size_t kServers = 3;
constexpr std::chrono::seconds kElection{
    60};  // 4 to 9 s, and more often than once where all is slow

/// Of server `index`: addresses of this machine that no other test has, so that ports can be fixed.
std::string address(std::size_t index) {
  const int pid = getpid();
  return "127." + std::to_string(1 + pid / 250 % 250) + "." + std::to_string(1 + pid % 250) + "." +
         std::to_string(index + 1);
}

/// NATS on three servers, each of which can go and come.
class Trio {
 public:
  Trio() {
    for (std::size_t i = 0; i < kServers; ++i) {
      servers_[i] = std::make_unique<NatsServer>(flags(i), address(i), Process::Options{});
    }
  }
  void kill(std::size_t index) { servers_[index]->kill(); }
  /// Which of them leads those that keep texts, as it says.
  [[nodiscard]] std::size_t leader() {
    const auto deadline = std::chrono::steady_clock::now() + kElection;
    for (std::size_t i = 0; std::chrono::steady_clock::now() < deadline; i = (i + 1) % kServers) {
      constexpr std::chrono::milliseconds kLook{20};
      const char* const said = "new stream leader for '$G > comcat-texts-test'";
      if (servers_[i]->process().wait_for_line(Process::kErr, said, kLook)) return i;
    }
    ADD_FAILURE() << "none leads";
    return 0;
  }
  void start_again(std::size_t index) { servers_[index]->start_again(flags(index)); }
  [[nodiscard]] std::string urls() const {
    return servers_[0]->url() + "," + servers_[1]->url() + "," + servers_[2]->url();
  }

 private:
  static std::vector<std::string> flags(std::size_t index) {
    std::string routes;
    for (std::size_t i = 0; i < kServers; ++i) {
      if (i != index) routes += (routes.empty() ? "" : ",") + route(i);
    }
    return {"-js",
            "-n",
            "n" + std::to_string(index),
            "--cluster_name",
            "talk",
            "--cluster",
            route(index),
            "--routes",
            routes};
  }
  static std::string route(std::size_t index) { return "nats://" + address(index) + ":6222"; }

  std::array<std::unique_ptr<NatsServer>, kServers> servers_;
};

std::unique_ptr<ServerProcess> serve(const Trio& nats, const std::string& name) {
  return std::make_unique<ServerProcess>(
      std::vector<std::string>{"--nats=" + nats.urls(), "--text_replicas=3", "--cluster=test",
                               "--node=" + name, "--max_commands_per_second=1000"});
}

/// What has come of all that was said.
struct Said {
  std::vector<std::string> kept;     // as was answered, in order
  std::vector<std::string> unknown;  // may have been kept, as was answered

  /// Says it, each time with another number, until it is kept.
  void say_by(Caller& caller, const std::string& words) {
    for (const auto deadline = std::chrono::steady_clock::now() + kElection;;) {
      const std::string text = words + " " + std::to_string(++attempts_);
      const Outcome outcome = answer(caller, say(caller, text));
      if (outcome.trace_id() != 0 && outcome.status() == 0) return kept.push_back(text);
      if (outcome.status() != grpc::StatusCode::UNAVAILABLE) unknown.push_back(text);
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << words << ": " << outcome.text();
      ASSERT_FALSE(caller.ended()) << caller.status().error_message();
      let_a_moment_pass(caller);
    }
  }

 private:
  int attempts_ = 0;
};

TEST(ClusterTrio, WhenTheNatsServerThatLeadsIsKilledTextsGoOnAndNoneIsLostOrDoubled) {
  Trio nats;
  const auto a = serve(nats, "a");
  const auto b = serve(nats, "b");
  ASSERT_TRUE(a->has_logged(" texts_shared ") && b->has_logged(" texts_shared "));
  Caller an({.port = a->port()});
  Caller bo({.port = b->port()});
  ASSERT_TRUE(an.hello("an", "", kTextFeatures) && bo.hello("bo", "", kTextFeatures));
  Said said;
  const auto both_say = [&](const std::string& words) {
    said.say_by(an, "an " + words);
    said.say_by(bo, "bo " + words);
  };
  both_say("before");
  const std::size_t dead = nats.leader();
  nats.kill(dead);
  both_say("meanwhile");
  nats.start_again(dead);
  both_say("again");
  said.say_by(an, "the end");
  for (const auto* const server : {&a, &b}) {
    Caller late({.port = (*server)->port()});
    ASSERT_TRUE(late.hello(server == &a ? "late" : "later", "", kTextFeatures));
    std::vector<std::string> read = texts_until(late, said.kept.back());
    for (const std::string& text : said.unknown) {
      EXPECT_LE(std::ranges::count(read, text), 1) << text;
      std::erase(read, text);
    }
    EXPECT_EQ(said.kept, read);
  }
}

}  // namespace
}  // namespace comcat::testing
