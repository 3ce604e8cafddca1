#include "server/shard.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/base/event.h"

#include "stage.h"
#include "support/caller.h"

namespace comcat::server {
namespace {

using comcat::testing::event_of;
using Client = comcat::testing::Caller;

TEST(Shard, WhatIsPostedRunsOnItsThreadInOrder) {
  Stage stage;
  std::string ran;
  std::vector<std::thread::id> ran_on;
  for (const char letter : {'a', 'b', 'c'}) {
    stage.shard().post([&, letter] {
      ran += letter;
      ran_on.push_back(std::this_thread::get_id());
    });
  }
  ASSERT_TRUE(stage.on_shard([&] { ran_on.push_back(std::this_thread::get_id()); }));
  EXPECT_EQ(ran, "abc");
  EXPECT_EQ(ran_on, std::vector<std::thread::id>(4, ran_on.front()));
  EXPECT_NE(ran_on.front(), std::this_thread::get_id());
}

TEST(Shard, WhatIsPostedWhileItIsBusyCostsOneWakeUp) {
  Stage stage;
  base::Event busy;
  base::Event go_on;
  stage.shard().post([&] {
    busy.set();
    go_on.wait_for(Stage::kPatience);
  });
  ASSERT_TRUE(busy.wait_for(Stage::kPatience));
  std::vector<base::Time> ran_at;  // one time for each event that the shard takes from its queue
  for (int i = 0; i < 100; ++i) {
    stage.shard().post([&] { ran_at.push_back(stage.shard().now()); });
  }
  go_on.set();
  ASSERT_TRUE(stage.on_shard([] {}));
  ASSERT_EQ(ran_at.size(), 100U);
  EXPECT_EQ(ran_at, std::vector<base::Time>(100, ran_at.front()));
}

TEST(Shard, DatagramsAreServedByWhoReceivedThemUnlessAnEventIsUnderWay) {
  const std::vector<DatagramSocket> none;
  Metrics metrics;
  DatagramIntake intake(none, metrics);
  DatagramPaths paths(none, 4711, intake, metrics);
  Stage::Options options;
  options.datagrams = &paths;
  Stage stage(options);
  std::vector<ArrivedDatagram> batch(1);
  // The shard's thread may just be at something of its own, and takes the batch then.
  const base::Time end = base::steady_now() + Stage::kPatience;
  do {
    batch.resize(1);
    std::ignore = stage.shard().take_datagrams(batch);
  } while (batch.empty() && base::steady_now() < end);
  EXPECT_EQ(batch.size(), 1U) << "not handed to another thread";

  base::Event busy;
  base::Event go_on;
  stage.shard().post([&] {
    busy.set();
    go_on.wait_for(Stage::kPatience);
  });
  ASSERT_TRUE(busy.wait_for(Stage::kPatience));
  EXPECT_EQ(stage.shard().take_datagrams(batch), base::Time::max()) << "whoever is busy sees to it";
  EXPECT_TRUE(batch.empty());
  go_on.set();
  EXPECT_TRUE(stage.on_shard([] {}));
  stage.stop();
}

TEST(Shard, DrainReturnsOnceEverybodyHasBeenToldAndHasHungUp) {
  Stage stage;
  Client an({.port = stage.port()});
  Client binh({.port = stage.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  stage.shard().drain(Stage::kPatience);
  bool idle = false;
  ASSERT_TRUE(stage.on_shard([&] { idle = stage.shard().hub().callers() == 0; }));
  EXPECT_TRUE(idle);
  for (Client* const client : {&an, &binh}) {
    EXPECT_TRUE(client->wait_for([](const ServerRES& r) { return event_of(r).has_draining(); }));
    EXPECT_EQ(client->status().error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

TEST(Shard, DrainEndsWhoSaysNothingAndWhoWaitsForARefusalToo) {
  Stage::Options options;
  options.hub.hello_timeout = Stage::kPatience;
  options.admission.passcode = Passcode("hunter2");
  options.admission.failure_delay = std::chrono::milliseconds(200);
  Stage stage(options);
  Client an({.port = stage.port()});
  Client silent({.port = stage.port()});
  ASSERT_TRUE(an.hello("an"));
  ASSERT_TRUE(stage.await([&] { return stage.shard().hub().callers() == 2; }));
  Client stranger({.port = stage.port(), .passcode = "wrong"});
  ASSERT_TRUE(stage.await(
      [&] { return stage.metrics().refusals[static_cast<std::size_t>(Refusal::kPasscode)] == 1; }));
  stage.shard().drain(Stage::kPatience);
  EXPECT_EQ(an.status().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(silent.status().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(stranger.status().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Shard, WhoComesWhileItDrainsIsTurnedAway) {
  Stage stage;
  stage.shard().drain(Stage::kPatience);
  Client late({.port = stage.port()});
  EXPECT_FALSE(late.hello("late"));
  EXPECT_EQ(late.status().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(Shard, AStreamThatBeginsWhileItDrainsTakesNoSlotAndHoldsNothingUp) {
  Stage::Options options;
  options.hub.hello_timeout = Stage::kPatience;
  options.admission.max_clients = 1;
  Stage stage(options);
  stage.shard().drain(Stage::kPatience);
  Client silent({.port = stage.port()});
  EXPECT_EQ(silent.status().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(silent.status().error_message(), "the server is shutting down");
  std::size_t free = 0;
  ASSERT_TRUE(stage.on_shard([&] { free = stage.shard().admission().slots().free(); }));
  EXPECT_EQ(free, 1U);
}

TEST(Shard, WhatIsPostedAfterItsEndIsDestroyedWithoutBeingRun) {
  Stage stage;
  stage.stop();
  bool ran = false;
  const auto held = std::make_shared<int>(0);
  stage.shard().post([&ran, held] { ran = true; });
  EXPECT_FALSE(ran);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Shard, EndsThoughCallersAreStillThere) {
  Stage stage;
  Client an({.port = stage.port()});
  ASSERT_TRUE(an.hello("an"));
  stage.stop();
  EXPECT_FALSE(an.status().ok());
}

}  // namespace
}  // namespace comcat::server
