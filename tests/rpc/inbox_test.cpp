#include "comcat/rpc/inbox.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/rpc/deadline.h"

namespace comcat::rpc {
namespace {

/// A queue that the test waits for itself.
class Waiter {
 public:
  ~Waiter() {
    inbox.close();
    queue_.Shutdown();
    while (wake()) {
    }
  }

  /// Takes the next event; false where none comes any more.
  bool wake() {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok)) return false;
    static_cast<Completion*>(tag)->complete(ok);
    return true;
  }
  [[nodiscard]] bool is_quiet() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.AsyncNext(&tag, &ok, at_once()) == grpc::CompletionQueue::TIMEOUT;
  }

 private:
  grpc::CompletionQueue queue_;

 public:
  Inbox inbox{queue_};
};

TEST(Inbox, RunsWhatIsPostedInOrder) {
  Waiter waiter;
  std::string ran;
  for (const char letter : {'a', 'b', 'c'}) {
    waiter.inbox.post([&ran, letter] { ran += letter; });
  }
  ASSERT_TRUE(waiter.wake());
  EXPECT_EQ(ran, "abc");
}

TEST(Inbox, WhatIsPostedBeforeTheThreadWakesCostsOneWakeUp) {
  Waiter waiter;
  int ran = 0;
  for (int i = 0; i < 1000; ++i) waiter.inbox.post([&ran] { ++ran; });
  ASSERT_TRUE(waiter.wake());
  EXPECT_EQ(ran, 1000);
  EXPECT_TRUE(waiter.is_quiet());
}

TEST(Inbox, WhatATaskPostsIsRunInALaterBatch) {
  Waiter waiter;
  std::string ran;
  waiter.inbox.post([&] {
    ran += 'a';
    waiter.inbox.post([&ran] { ran += 'c'; });
  });
  waiter.inbox.post([&ran] { ran += 'b'; });
  ASSERT_TRUE(waiter.wake());
  EXPECT_EQ(ran, "ab");
  ASSERT_TRUE(waiter.wake());
  EXPECT_EQ(ran, "abc");
}

TEST(Inbox, WakesAThreadThatWaits) {
  Waiter waiter;
  std::thread::id ran_on;
  std::thread poster([&] { waiter.inbox.post([&] { ran_on = std::this_thread::get_id(); }); });
  const bool woken = waiter.wake();
  poster.join();
  ASSERT_TRUE(woken);
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(Inbox, ManyThreadsLoseNothing) {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  Waiter waiter;
  std::vector<std::vector<int>> ran(kThreads);
  std::vector<std::thread> posters;
  int left = kThreads * kEach;
  for (int t = 0; t < kThreads; ++t) {
    posters.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        waiter.inbox.post([&, t, i] {
          ran[static_cast<std::size_t>(t)].push_back(i);
          --left;
        });
      }
    });
  }
  while (left > 0 && waiter.wake()) {
  }
  for (std::thread& poster : posters) poster.join();
  for (const std::vector<int>& of_one : ran) {
    ASSERT_EQ(of_one.size(), static_cast<std::size_t>(kEach));
    EXPECT_TRUE(std::ranges::is_sorted(of_one));
  }
}

TEST(Inbox, OnceItIsClosedNothingIsRunAndEveryTaskIsDestroyed) {
  Waiter waiter;
  bool ran = false;
  const auto held = std::make_shared<int>(0);
  waiter.inbox.post([&ran, held] { ran = true; });
  waiter.inbox.close();
  waiter.inbox.post([&ran, held] { ran = true; });
  ASSERT_TRUE(waiter.wake());  // the wake-up of the first
  EXPECT_FALSE(ran);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Inbox, ATaskThatClosesItIsTheLast) {
  Waiter waiter;
  bool ran = false;
  waiter.inbox.post([&] { waiter.inbox.close(); });
  waiter.inbox.post([&ran] { ran = true; });
  ASSERT_TRUE(waiter.wake());
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace comcat::rpc
