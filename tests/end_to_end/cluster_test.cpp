// Two real servers that are one, over a real nats-server.

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "support/caller.h"
#include "support/http_get.h"
#include "support/nats_server.h"
#include "support/process.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

/// One of the servers.
struct Node {
  Node(const NatsServer& nats, const std::string& name)
      : server({"--nats=" + nats.url(), "--cluster=test", "--node=" + name,
                "--advertise=" + name + ".example.org:50051", "--admin_socket=" + socket,
                "--metrics=127.0.0.1:0"}) {}

  [[nodiscard]] std::string admin(const std::string& words) const {
    Process asking({program("comcat-server"), "--admin_socket=" + socket, "--admin=" + words});
    EXPECT_EQ(asking.wait_exit(), 0);
    return asking.output(Process::kOut);
  }

  TemporaryDirectory directory;
  std::string socket = directory.file("admin.sock");
  ServerProcess server;
};

struct TwoNodes : ::testing::Test {
  TwoNodes() {
    EXPECT_TRUE(a.server.has_logged(" node_found node=b ") &&
                b.server.has_logged(" node_found node=a "));
  }

  NatsServer nats;
  Node a{nats, "a"};
  Node b{nats, "b"};
};

std::unique_ptr<Caller> call(const Node& node) {
  return std::make_unique<Caller>(Caller::Options{.port = node.server.port()});
}

bool sees_come(Caller& caller, const std::string& name) {
  return caller
      .wait_for([&](const ServerRES& it) { return event_of(it).joined().member().name() == name; })
      .has_value();
}

bool names(const ServerSignal& welcome, const std::string& name) {
  return std::ranges::any_of(welcome.members(),
                             [&](const Member& member) { return member.name() == name; });
}

/// Whether `hears` hears `speaks`, who says the same thing until then, for at most `patience`.
bool hears(Caller& hears, Caller& speaks, const std::string& opus,
           std::chrono::milliseconds patience = Caller::kPatience) {
  static unsigned sequence = 0;
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    speaks.send_voice(opus, ++sequence);
    const auto heard = hears.wait_for(
        [&](const ServerRES& it) {
          return it.voice().frames_size() > 0 && it.voice().frames(0).chunk() == opus;
        },
        std::chrono::milliseconds(20));
    if (heard) return true;
  }
  return false;
}

std::vector<std::string> who(Caller& caller) {
  static std::uint64_t trace_id = 100;
  ClientREQ request;
  request.mutable_command()->set_trace_id(++trace_id);
  request.mutable_command()->mutable_who()->set_room("lobby");
  caller.send(request);
  const auto answer =
      caller.wait_for([](const ServerRES& it) { return it.outcome().trace_id() == trace_id; });
  std::vector<std::string> names;
  if (!answer) return names;
  for (const auto& member : answer->outcome().roster().members()) {
    names.push_back(member.name() + (member.muted() ? " muted" : "") +
                    (member.away() ? " away" : ""));
  }
  return names;
}

TEST_F(TwoNodes, EachNamesBothAndForgetsTheOneThatIsKilled) {
  for (const Node* node : {&a, &b}) {
    const std::string nodes = node->admin("nodes");
    EXPECT_THAT(nodes, HasSubstr("  a.example.org:50051  "));
    EXPECT_THAT(nodes, HasSubstr("  b.example.org:50051  "));
  }
  b.server.process().signal(SIGKILL);
  ASSERT_TRUE(a.server.logs(" node_gone "));
  EXPECT_THAT(a.admin("nodes"), ::testing::Not(HasSubstr("b.example.org")));
}

TEST_F(TwoNodes, EachCountsWhatComesFromTheOther) {
  const std::string& log = a.server.process().output(Process::kErr);
  const std::string told = " metrics port=";
  const std::size_t at = log.find(told);
  ASSERT_NE(std::string::npos, at) << log;
  const std::string metrics = http_get(std::stoi(log.substr(at + told.size())), "/metrics");
  EXPECT_THAT(metrics, HasSubstr("\ncomcat_peer_messages_in_total{peer=\"b\"} "));
  EXPECT_THAT(metrics, HasSubstr("\ncomcat_peer_late_in_total{peer=\"b\"} "));
}

TEST_F(TwoNodes, WhoEndsSaysSo) {
  const auto began = Clock::now();
  EXPECT_EQ(b.server.stop(), 0);
  ASSERT_TRUE(a.server.logs(" node_gone "));
  EXPECT_LT(Clock::now() - began, std::chrono::seconds(3));  // the time after which it was missed
}

TEST_F(TwoNodes, PeopleOfOneRoomSeeAndHearEachOther) {
  const auto an = call(a);
  const auto bo = call(b);
  const auto an_welcome = an->hello("an");
  const auto bo_welcome = bo->hello("bo");
  ASSERT_TRUE(an_welcome && bo_welcome);
  EXPECT_NE(an_welcome->session(), bo_welcome->session());
  EXPECT_TRUE(sees_come(*an, "bo"));
  // bo's server may have known before bo came.
  EXPECT_TRUE(names(*bo_welcome, "an") || sees_come(*bo, "an"));
  EXPECT_TRUE(hears(*bo, *an, "from an"));
  EXPECT_TRUE(hears(*an, *bo, "from bo"));
  EXPECT_THAT(who(*an), ElementsAre("an", "bo"));
  EXPECT_THAT(who(*bo), ElementsAre("bo", "an"));

  ClientREQ mute;
  mute.mutable_command()->set_trace_id(1);
  mute.mutable_command()->mutable_set_mute()->set_muted(true);
  bo->send(mute);
  EXPECT_TRUE(
      an->wait_for([](const ServerRES& it) { return event_of(it).mute_changed().muted(); }));
  EXPECT_THAT(who(*an), ElementsAre("an", "bo muted"));

  bo->stop_sending();
  const auto left = an->wait_for([](const ServerRES& it) { return event_of(it).has_left(); });
  ASSERT_TRUE(left);
  EXPECT_EQ(event_of(*left).left().session(), bo_welcome->session());
  EXPECT_EQ(event_of(*left).left().reason(), Left::STOPPED);
  EXPECT_THAT(who(*an), ElementsAre("an"));
}

TEST_F(TwoNodes, CallersOfALoadTestAreHeardAtTheOtherServer) {
  Process load({program("comcat-load"), "--host=127.0.0.1:" + std::to_string(b.server.port()),
                "--speakers_host=127.0.0.1:" + std::to_string(a.server.port()), "--clients=4",
                "--insecure", "--passcode=hunter2", "--seconds=0.4", "--warm_up_seconds=2",
                "--json"});
  EXPECT_TRUE(load.wait_exit());
  const std::string report = load.output(Process::kOut);
  EXPECT_THAT(report, HasSubstr("\"expected_frames\":60,")) << load.output(Process::kErr);
  EXPECT_THAT(report, ::testing::Not(HasSubstr("\"delivered_frames\":0,")));
}

TEST_F(TwoNodes, OfTwoWhoWantOneNameOneIsRefused) {
  const auto one = call(a);
  const auto other = call(b);
  ASSERT_TRUE(one->hello("an"));
  EXPECT_FALSE(other->hello("An"));
  EXPECT_EQ(grpc::StatusCode::ALREADY_EXISTS, other->status().error_code());
  EXPECT_EQ("somebody in the room lobby goes by the name An; choose another room or another name",
            other->status().error_message());
  EXPECT_THAT(who(*one), ElementsAre("an"));
}

TEST_F(TwoNodes, OfTwoWhoTookOneNameWhileNatsWasAwayOneGetsANumberBesideIt) {
  const auto one = call(a);
  const auto other = call(b);
  nats.kill();
  ASSERT_TRUE(a.server.logs(" bus_lost ") && b.server.logs(" bus_lost "));
  ASSERT_TRUE(one->hello("an") && other->hello("an"));
  nats.start_again();
  const auto is_second = [](const ServerRES& it) {
    return event_of(it).joined().member().twin() == 2 ||
           event_of(it).member_changed().member().twin() == 2;
  };
  EXPECT_TRUE(one->wait_for(is_second));
  EXPECT_TRUE(other->wait_for(is_second));
}

TEST_F(TwoNodes, WithoutNatsEachGoesOnAloneAndTheyFindBackToEachOther) {
  const auto an = call(a);
  const auto ai = call(a);
  const auto bo = call(b);
  ASSERT_TRUE(an->hello("an") && ai->hello("ai") && bo->hello("bo"));
  ASSERT_TRUE(hears(*bo, *an, "before"));
  nats.kill();
  ASSERT_TRUE(a.server.logs(" bus_lost ") && b.server.logs(" bus_lost "));
  EXPECT_TRUE(hears(*ai, *an, "meanwhile"));
  EXPECT_TRUE(an->wait_for([](const ServerRES& it) { return event_of(it).has_away(); }));
  EXPECT_TRUE(hears(*ai, *an, "still"));
  nats.start_again();
  ASSERT_TRUE(a.server.logs(" bus_connected ") && b.server.logs(" bus_connected "));
  EXPECT_TRUE(an->wait_for([](const ServerRES& it) { return event_of(it).has_back(); }));
  EXPECT_TRUE(hears(*bo, *an, "after"));
  EXPECT_TRUE(hears(*an, *bo, "after"));
  EXPECT_THAT(who(*bo), ElementsAre("bo", "an", "ai"));
}

}  // namespace
}  // namespace comcat::testing
