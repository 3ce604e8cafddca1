#include "comcat/base/semaphore.h"

#include <thread>

#include <gtest/gtest.h>

namespace comcat::base {
namespace {

using namespace std::chrono_literals;

TEST(Semaphore, WhatWasPostedBeforeEndsOneWait) {
  Semaphore semaphore;
  semaphore.post();
  semaphore.post();
  EXPECT_TRUE(semaphore.wait(1h));
  EXPECT_FALSE(semaphore.wait(0ns)) << "both were taken";
}

TEST(Semaphore, WhatWasPostedCanBeForgotten) {
  Semaphore semaphore;
  semaphore.post();
  semaphore.clear();
  EXPECT_FALSE(semaphore.wait(0ns));
}

TEST(Semaphore, WakesAnotherThread) {
  Semaphore semaphore;
  std::jthread poster([&] { semaphore.post(); });
  EXPECT_TRUE(semaphore.wait(1h));
}

}  // namespace
}  // namespace comcat::base
