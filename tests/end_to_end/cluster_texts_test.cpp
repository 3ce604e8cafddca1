// One history at several real servers, over a real nats-server with JetStream.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "end_to_end/texting.h"
#include "support/caller.h"
#include "support/nats_server.h"
#include "support/process.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A server whose history outlives it.
class Node {
 public:
  Node(const NatsServer& nats, std::string name) : nats_(nats), name_(std::move(name)) { start(); }

  void start() {
    server_ = std::make_unique<ServerProcess>(
        std::vector<std::string>{"--nats=" + nats_.url(), "--cluster=test", "--node=" + name_,
                                 "--state_dir=" + state_.path(), "--max_commands_per_second=1000"});
  }
  void kill() {
    server_->process().signal(SIGKILL);
    ASSERT_TRUE(server_->process().wait_exit());
  }
  ServerProcess& server() { return *server_; }
  /// Waits until it does, which it may do before it listens.
  [[nodiscard]] bool shares_texts() {
    return server_->process().output(Process::kErr).find(" texts_shared ") != std::string::npos ||
           server_->logs(" texts_shared ");
  }

  [[nodiscard]] std::unique_ptr<Caller> call(const std::string& name) const {
    auto caller = std::make_unique<Caller>(Caller::Options{.port = server_->port()});
    EXPECT_TRUE(caller->hello(name, "", kTextFeatures)) << name;
    return caller;
  }

 private:
  const NatsServer& nats_;
  const std::string name_;
  const TemporaryDirectory state_;
  std::unique_ptr<ServerProcess> server_;
};

TEST(ClusterTexts, AreHeardAtBothServersAndReadAtEitherAfterARestartOfBoth) {
  const NatsServer nats({"-js"});
  Node a(nats, "a");
  Node b(nats, "b");
  ASSERT_TRUE(a.shares_texts() && b.shares_texts());
  {
    const auto an = a.call("an");
    const auto bo = b.call("bo");
    for (int i = 0; i < 2; ++i) {
      const std::uint64_t of_an = say(*an, "from an " + std::to_string(i));
      EXPECT_EQ(0, answer(*an, of_an).status());
      const std::uint64_t of_bo = say(*bo, "from bo " + std::to_string(i));
      EXPECT_EQ(0, answer(*bo, of_bo).status());
    }
  }
  for (Node* node : {&a, &b}) EXPECT_EQ(0, node->server().stop());
  for (Node* node : {&a, &b}) node->start();
  const auto ai = a.call("ai");
  const auto bao = b.call("bao");
  for (Caller* late : {ai.get(), bao.get()}) {
    EXPECT_THAT(texts_until(*late, "from bo 1"),
                ElementsAre("from an 0", "from bo 0", "from an 1", "from bo 1"));
  }
}

TEST(ClusterTexts, AServerThatWasKilledReadsWhatItMissedInOrder) {
  const NatsServer nats({"-js"});
  Node a(nats, "a");
  Node b(nats, "b");
  ASSERT_TRUE(a.shares_texts() && b.shares_texts());
  const auto an = a.call("an");
  ASSERT_TRUE(say_at_last(*an, "before"));
  b.kill();
  for (const char* text : {"missed 1", "missed 2"}) ASSERT_TRUE(say_at_last(*an, text));
  b.start();
  ASSERT_TRUE(b.shares_texts());
  const auto bo = b.call("bo");
  ASSERT_TRUE(say_at_last(*an, "after"));
  EXPECT_THAT(texts_until(*bo, "after"), ElementsAre("before", "missed 1", "missed 2", "after"));
}

TEST(ClusterTexts, NatsAndAServerKilledAmidTwentyWhoTextLoseAndDoubleNone) {
  constexpr int kWriters = 20;
  constexpr int kRounds = 6;
  NatsServer nats({"-js"});
  std::vector<std::unique_ptr<Node>> nodes;
  for (const char* name : {"a", "b", "c"}) nodes.push_back(std::make_unique<Node>(nats, name));
  for (const auto& node : nodes) ASSERT_TRUE(node->shares_texts());
  std::vector<std::unique_ptr<Caller>> observers;
  for (int i = 0; i < 2; ++i) {
    observers.push_back(nodes[static_cast<std::size_t>(i)]->call("o" + std::to_string(i)));
  }
  std::vector<std::unique_ptr<Caller>> writers;
  for (std::size_t i = 0; i < kWriters; ++i) {
    writers.push_back(nodes[i % 3]->call("w" + std::to_string(i)));
  }
  std::set<std::string> answered;
  std::set<std::string> refused;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::pair<std::uint64_t, std::string>> said;
    for (std::size_t i = 0; i < writers.size(); ++i) {
      const std::string text = "w" + std::to_string(i) + " in round " + std::to_string(round);
      said.emplace_back(say(*writers[i], text), text);
    }
    if (round == 1) nats.kill();
    if (round == 2) nats.start_again({"-js"});
    if (round == 4) nodes[2]->kill();
    for (std::size_t i = 0; i < writers.size(); ++i) {
      if (round >= 4 && i % 3 == 2) continue;  // nobody answers these any more
      const Outcome outcome = answer(*writers[i], said[i].first);
      ASSERT_EQ(said[i].first, outcome.trace_id()) << said[i].second;
      if (outcome.status() == 0) answered.insert(said[i].second);
      if (outcome.status() == grpc::StatusCode::UNAVAILABLE) refused.insert(said[i].second);
    }
  }
  EXPECT_GE(answered.size(), std::size_t{kWriters} * 2);
  ASSERT_TRUE(say_at_last(*writers[0], "the end"));
  const std::vector<std::string> heard = texts_until(*observers[0], "the end");
  EXPECT_EQ(heard, texts_until(*observers[1], "the end"));
  std::map<std::string, int> times;
  for (const std::string& text : heard) ++times[text];
  for (const auto& [text, count] : times) EXPECT_EQ(1, count) << text;
  for (const std::string& text : answered) EXPECT_EQ(1, times[text]) << text;
  for (const std::string& text : refused) EXPECT_EQ(0, times[text]) << text;

  // The one that was killed has the same, in the same order.
  nodes[2]->start();
  const auto late = nodes[2]->call("late");
  ASSERT_TRUE(say_at_last(*writers[0], "the very end"));
  const std::vector<std::string> newest = texts_until(*late, "the very end");
  ASSERT_LE(newest.size(), heard.size() + 1);
  EXPECT_TRUE(std::equal(newest.rbegin() + 1, newest.rend(), heard.rbegin()));
}

TEST(ClusterTexts, WithoutJetStreamWhoSaysSomethingIsToldWhatToStart) {
  const NatsServer nats;
  Node a(nats, "a");
  ASSERT_TRUE(a.server().logs(" texts_not_shared why=\"the NATS server has no JetStream"));
  const auto an = a.call("an");
  const Outcome outcome = answer(*an, say(*an, "hello"));
  EXPECT_EQ(grpc::StatusCode::UNAVAILABLE, outcome.status());
  EXPECT_THAT(outcome.text(), HasSubstr("your text was not said"));
  EXPECT_THAT(outcome.text(), HasSubstr("nats-server -js -sd DIR"));
}

}  // namespace
}  // namespace comcat::testing
