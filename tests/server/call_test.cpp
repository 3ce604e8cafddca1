#include "server/call.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stage.h"
#include "support/caller.h"

namespace comcat::server {
namespace {

using namespace std::chrono_literals;
using comcat::testing::event_of;
using Client = comcat::testing::Caller;

constexpr std::array kPhases{CallPhase::kExpected, CallPhase::kRefused, CallPhase::kOpen,
                             CallPhase::kClosing, CallPhase::kEnding};

std::size_t free_slots(Stage& stage) {
  std::size_t free = 0;
  EXPECT_TRUE(stage.on_shard([&] { free = stage.shard().admission().slots().free(); }));
  return free;
}

Stage::Options with_passcode(std::chrono::milliseconds failure_delay) {
  Stage::Options options;
  options.admission.passcode = Passcode("hunter2");
  options.admission.failure_delay = failure_delay;
  return options;
}

/// Why `client` sees somebody else leave.
Left::Reason reason_seen_by(Client& client) {
  const auto told = client.wait_for([](const ServerRES& r) { return event_of(r).has_left(); });
  EXPECT_TRUE(told);
  return told ? event_of(*told).left().reason() : Left::UNKNOWN;
}

TEST(CallPhase, NothingFollowsTheEndAndNothingFollowsItself) {
  for (const CallPhase phase : kPhases) {
    EXPECT_FALSE(may_follow(CallPhase::kEnding, phase));
    EXPECT_FALSE(may_follow(phase, phase));
    EXPECT_FALSE(may_follow(phase, CallPhase::kExpected));
  }
}

TEST(CallPhase, WhoWasRefusedIsNeverOpen) {
  EXPECT_FALSE(may_follow(CallPhase::kRefused, CallPhase::kOpen));
  EXPECT_FALSE(may_follow(CallPhase::kClosing, CallPhase::kOpen));
}

TEST(Call, ManyMayComeOneAfterTheOtherAndAtOnce) {
  Stage stage;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 40; ++i) {  // more than are waited for at any time
    clients.push_back(std::make_unique<Client>(Client::Options{.port = stage.port()}));
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_TRUE(clients[i]->hello("guest" + std::to_string(i)));
  }
}

TEST(Call, WhoHalfClosesIsGivenOkAndHasStopped) {
  Stage stage;
  Client an({.port = stage.port()});
  Client binh({.port = stage.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  binh.stop_sending();
  EXPECT_TRUE(binh.status().ok());
  EXPECT_EQ(reason_seen_by(an), Left::STOPPED);
}

TEST(Call, WhoHalfClosesIsStillGivenTheAnswersThatWait) {
  Stage::Options options;
  options.hub.caller.conduct.max_commands_per_second = 10'000;
  Stage stage(options);
  Client an({.port = stage.port(), .reading = false});
  ClientREQ hello;
  hello.mutable_signal()->set_name("an");
  hello.mutable_signal()->set_features(wire::kFeatureVoiceBatch);
  ASSERT_TRUE(an.send(hello));
  ASSERT_TRUE(stage.await([&] { return stage.metrics().joins == 1; }));
  constexpr unsigned kTaken = 33;  // the last text is more than an unread stream takes: 64 KiB
  constexpr unsigned kCommands = kTaken + 20;
  for (unsigned i = 1; i <= kCommands; ++i) {
    ClientREQ say;
    say.mutable_command()->set_trace_id(i);
    say.mutable_command()->mutable_say()->set_text(std::string(wire::kMaxTextBytes, 'x'));
    ASSERT_TRUE(an.send(say));
    const auto all_is_out = [&] { return stage.metrics().messages_out == 1 + 2 * i; };
    if (i <= kTaken) {
      ASSERT_TRUE(stage.await(all_is_out));
    }
  }
  an.stop_sending();
  ASSERT_TRUE(stage.await([&] { return stage.shard().admission().slots().free() == 100; }));
  an.start_reading();
  EXPECT_TRUE(an.wait_for(
      [](const ServerRES& r) { return r.has_outcome() && r.outcome().trace_id() == kCommands; }));
  EXPECT_TRUE(an.status().ok());
}

TEST(Call, WhoIsCutOffIsLost) {
  Stage stage;
  Client an({.port = stage.port()});
  Client binh({.port = stage.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  binh.cancel();
  EXPECT_EQ(reason_seen_by(an), Left::LOST);
}

TEST(Call, AMalformedMessageEndsItAndFreesItsSlot) {
  Stage stage;
  Client an({.port = stage.port()});
  Client binh({.port = stage.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  const std::size_t before = free_slots(stage);
  ASSERT_TRUE(binh.send_raw("\xff\xff\xff"));
  EXPECT_EQ(binh.status().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(reason_seen_by(an), Left::CLOSED);
  EXPECT_EQ(free_slots(stage), before + 1);
}

TEST(Call, AMessageOver64KiBIsClosedAndCountedAsTheOthersAre) {
  Stage stage;
  Client an({.port = stage.port()});
  Client binh({.port = stage.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  ASSERT_TRUE(binh.send_raw(std::string(70'000, 'x')));
  EXPECT_EQ(binh.status().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(binh.status().error_message(), "a message of 70000 bytes; at most 65536 are allowed");
  EXPECT_EQ(reason_seen_by(an), Left::CLOSED);
  EXPECT_EQ(stage.metrics().refusals[static_cast<std::size_t>(Refusal::kProtocol)].load(), 1U);
}

TEST(Call, AWrongPasscodeIsAnsweredLate) {
  constexpr auto kDelay = 200ms;
  Stage stage(with_passcode(kDelay));
  const base::Time before = base::steady_now();
  Client stranger({.port = stage.port(), .passcode = "wrong"});
  EXPECT_EQ(stranger.status().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_GE(base::steady_now() - before, kDelay);
}

TEST(Call, WhoIsRefusedTakesNoSlotAndIsNotRead) {
  Stage stage(with_passcode(0ms));
  const std::size_t before = free_slots(stage);
  Client stranger({.port = stage.port(), .passcode = std::nullopt});
  EXPECT_FALSE(stranger.hello("stranger"));
  EXPECT_EQ(stranger.status().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(free_slots(stage), before);
  EXPECT_EQ(stage.metrics().joins.load(), 0U);
}

TEST(Call, WhoIsRefusedMayGiveUpBeforeTheAnswer) {
  Stage stage(with_passcode(1h));
  {
    Client stranger({.port = stage.port(), .passcode = "wrong"});
    ASSERT_TRUE(stage.await([&] {
      return stage.metrics().refusals[static_cast<std::size_t>(Refusal::kPasscode)] == 1;
    }));
    stranger.cancel();
    EXPECT_EQ(stranger.status().error_code(), grpc::StatusCode::CANCELLED);
  }
  stage.stop();  // which waits for the call's end
}

TEST(Call, AFullServerSaysSoAtOnce) {
  Stage::Options options;
  options.admission.max_clients = 1;
  options.admission.failure_delay = 1h;
  Stage stage(options);
  Client an({.port = stage.port()});
  ASSERT_TRUE(an.hello("an"));
  Client binh({.port = stage.port()});
  EXPECT_EQ(binh.status().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST(Call, WhoSaysNoHelloIsClosedWithAWordWhy) {
  Stage::Options options;
  options.hub.hello_timeout = 0s;
  Stage stage(options);
  Client silent({.port = stage.port()});
  EXPECT_EQ(silent.status().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(stage.await([&] { return stage.shard().admission().slots().free() == 100; }));
}

}  // namespace
}  // namespace comcat::server
