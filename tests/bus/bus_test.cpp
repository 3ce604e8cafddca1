// What every carrier is held to.

#include "comcat/bus/bus.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/bus/nats.h"

#include "bus/fixtures.h"
#include "bus/local_network.h"
#include "support/nats_server.h"

namespace comcat::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What buses are joined to.
class Network {
 public:
  virtual ~Network() = default;
  virtual std::unique_ptr<Carrier> join() = 0;
  virtual void take_away() = 0;
  virtual void give_back() = 0;
};

class InProcess final : public Network {
 public:
  std::unique_ptr<Carrier> join() override { return network_.join(); }
  void take_away() override { network_.set_up(false); }
  void give_back() override { network_.set_up(true); }

 private:
  LocalNetwork network_;
};

class OverNats final : public Network {
 public:
  std::unique_ptr<Carrier> join() override {
    return make_nats_carrier({.urls = {server_.url()}, .name = "test"});
  }
  void take_away() override { server_.kill(); }
  void give_back() override { server_.start_again(); }

 private:
  testing::NatsServer server_;
};

/// News of a connection, to wait for.
class News {
 public:
  [[nodiscard]] Bus::OnConnection keep() {
    return [this](bool connected) {
      const absl::MutexLock lock(&mutex_);
      told_.push_back(connected);
    };
  }
  [[nodiscard]] bool ends_with(std::vector<bool> wanted) {
    const absl::MutexLock lock(&mutex_);
    const auto ends = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return told_.size() >= wanted.size() &&
             std::equal(wanted.rbegin(), wanted.rend(), told_.rbegin());
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&ends), absl::FromChrono(kPatience));
  }

 private:
  absl::Mutex mutex_;
  std::vector<bool> told_ ABSL_GUARDED_BY(mutex_);
};

class BusContract : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] std::unique_ptr<Bus> join(const std::string& prefix = "comcat.test",
                                          Bus::OnConnection on_connection = {}) {
    return std::make_unique<Bus>(prefix, network_->join(), std::move(on_connection));
  }

  const std::unique_ptr<Network> network_ =
      GetParam() == "local" ? std::unique_ptr<Network>(std::make_unique<InProcess>())
                            : std::make_unique<OverNats>();
};

TEST_P(BusContract, WhatOnePublishesAllOthersHearButItself) {
  const auto one = join();
  const auto two = join();
  const auto three = join();
  Heard by_one;
  Heard by_two;
  Heard by_three;
  one->subscribe("room.a", by_one.keep());
  two->subscribe("room.a", by_two.keep());
  three->subscribe("room.a", by_three.keep());
  ASSERT_TRUE(reaches(*one, *two) && reaches(*one, *three) && reaches(*two, *one));
  one->publish("room.a", "from one", seconds(5));
  const auto heard = by_two.next();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->subject, "room.a");
  EXPECT_EQ(heard->bytes, "from one");
  EXPECT_EQ(heard->sender, one->number());
  EXPECT_EQ(by_three.next_bytes(), "from one");
  two->publish("room.a", "from two", seconds(5));
  EXPECT_EQ(by_one.next_bytes(), "from two");
}

TEST_P(BusContract, OrderIsKept) {
  const auto one = join();
  const auto two = join();
  Heard heard;
  two->subscribe("numbers", heard.keep());
  ASSERT_TRUE(reaches(*one, *two));
  for (int i = 0; i < 500; ++i) one->publish("numbers", std::to_string(i), seconds(20));
  for (int i = 0; i < 500; ++i) ASSERT_EQ(heard.next_bytes(), std::to_string(i));
}

TEST_P(BusContract, NobodyHearsWhatTheyAreNotSubscribedToAnyMore) {
  const auto one = join();
  const auto two = join();
  Heard heard;
  two->subscribe("left", heard.keep());
  two->subscribe("kept", heard.keep());
  two->unsubscribe("left");
  ASSERT_TRUE(reaches(*one, *two));
  one->publish("left", "no", seconds(5));
  one->publish("other", "no", seconds(5));
  one->publish("kept", "yes", seconds(5));
  EXPECT_EQ(heard.next_bytes(), "yes");
}

TEST_P(BusContract, ClustersOnOneNetworkDoNotHearEachOther) {
  const auto one = join("comcat.one");
  const auto also_one = join("comcat.one");
  const auto two = join("comcat.two");
  const auto also_two = join("comcat.two");
  Heard heard;
  two->subscribe("room", heard.keep());
  ASSERT_TRUE(reaches(*one, *also_one) && reaches(*also_two, *two));
  one->publish("room", "of one", seconds(5));
  ASSERT_TRUE(reaches(*one, *also_one));  // it has left by then
  also_two->publish("room", "of two", seconds(5));
  EXPECT_EQ(heard.next_bytes(), "of two");
}

TEST_P(BusContract, AQuestionHasOneAnswer) {
  const auto asks = join();
  const auto answers = join();
  answers->subscribe("question", [&](const Message& question) {
    answers->answer(question, "to " + question.bytes, seconds(5));
    answers->answer(question, "again", seconds(5));
  });
  ASSERT_TRUE(reaches(*asks, *answers));
  for (const char* words : {"first", "second"}) {
    base::Event done;
    absl::StatusOr<std::string> got;
    asks->request("question", words, kPatience, [&](const auto& answer) {
      got = answer;
      done.set();
    });
    ASSERT_TRUE(done.wait_for(kPatience));
    EXPECT_EQ(got.value_or("none"), "to " + std::string(words));
  }
}

TEST_P(BusContract, AQuestionThatNobodyAnswersEndsInTime) {
  const auto asks = join();
  base::Event done;
  absl::Status status;
  asks->request("nobody", "?", milliseconds(50), [&](const auto& answer) {
    status = answer.status();
    done.set();
  });
  ASSERT_TRUE(done.wait_for(kPatience));
  EXPECT_TRUE(absl::IsDeadlineExceeded(status));
}

TEST_P(BusContract, AfterAnOutageOnlyThatArrivesWhichIsWorthSomethingStill) {
  News of_one;
  News of_two;
  const auto one = join("comcat.test", of_one.keep());
  const auto two = join("comcat.test", of_two.keep());
  Heard heard;
  two->subscribe("room", heard.keep());
  ASSERT_TRUE(reaches(*one, *two));
  network_->take_away();
  ASSERT_TRUE(of_one.ends_with({true, false}));
  EXPECT_FALSE(one->is_connected());
  const std::uint64_t late_before = one->counters().late_out;
  one->publish("room", "old voice", milliseconds(0));
  one->publish("room", "who is there", kPatience);
  const base::Time deadline = base::steady_now() + kPatience;
  while (one->counters().late_out == late_before && base::steady_now() < deadline) {
    std::this_thread::yield();
  }
  network_->give_back();
  ASSERT_TRUE(of_one.ends_with({false, true}) && of_two.ends_with({false, true}));
  ASSERT_TRUE(reaches(*one, *two)) << "whose subscriptions are there again";
  // Who was back first may have spoken before the other was.
  one->publish("room", "new", kPatience);
  std::string bytes = heard.next_bytes();
  if (bytes == "who is there") bytes = heard.next_bytes();
  EXPECT_EQ(bytes, "new");
  EXPECT_EQ(one->counters().late_out, late_before + 1);
  EXPECT_EQ(one->counters().reconnects, 1);
}

TEST_P(BusContract, WhatIsNoMessageOfABusIsDroppedAndCounted) {
  class Deaf final : public Carrier::Receiver {
    void arrive(std::string_view /*subject*/, std::string_view /*bytes*/) override {}
    void connection_changed() override {}
    void overflowed() override {}
  } deaf;
  const auto bus = join();
  const auto other = join();
  Heard heard;
  bus->subscribe("room", heard.keep());
  ASSERT_TRUE(reaches(*other, *bus));
  const auto stranger = network_->join();
  stranger->start(deaf);
  while (!stranger->is_connected()) ASSERT_TRUE(reaches(*other, *bus));
  for (const std::string& bytes : {std::string(), std::string("\x01"), std::string(40, '\xFF'),
                                   std::string(Bus::kMaxMessageBytes + 1, '\1')}) {
    EXPECT_TRUE(stranger->send("comcat.test.room", bytes));
  }
  stranger->stop();
  const base::Time deadline = base::steady_now() + kPatience;
  while (bus->counters().foreign < 4 && base::steady_now() < deadline) {
    ASSERT_TRUE(reaches(*other, *bus));
  }
  EXPECT_EQ(bus->counters().foreign, 4);
  other->publish("room", "good", seconds(5));
  EXPECT_EQ(heard.next_bytes(), "good");
}

TEST_P(BusContract, EndsWhileMessagesArrive) {
  const auto one = join();
  auto two = join();
  two->subscribe("room", [&two = *two](const Message&) { two.publish("echo", "x", seconds(1)); });
  ASSERT_TRUE(reaches(*one, *two));
  for (int i = 0; i < 500; ++i) one->publish("room", "x", seconds(5));
  two.reset();
}

INSTANTIATE_TEST_SUITE_P(Carriers, BusContract, ::testing::Values("local", "nats"),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace comcat::bus
