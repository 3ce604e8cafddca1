#include "comcat/server/pulse.h"

#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

TEST(Pulse, WhoIsBusyIsLeftAloneAsLongAsItTookHimToAnswer) {
  std::vector<Pulse::Task> tasks;
  Pulse pulse([&](Pulse::Task task) { tasks.push_back(std::move(task)); });
  base::Time now{1000s};
  EXPECT_TRUE(pulse.rests(now));
  pulse.ask(now);
  now += 20ms;
  EXPECT_FALSE(pulse.rests(now));
  tasks.back()();
  EXPECT_FALSE(pulse.rests(now)) << "he has answered, and others want something as well";
  EXPECT_FALSE(pulse.rests(now + 19ms));
  EXPECT_TRUE(pulse.rests(now + 20ms));
}

TEST(Pulse, WhoHasNothingToDoIsAskedAgainAtOnce) {
  Pulse pulse([](const Pulse::Task& task) { task(); });
  const base::Time now{1000s};
  pulse.ask(now);
  EXPECT_TRUE(pulse.rests(now));
}

TEST(Pulse, WhoWasLostForLongIsNotLeftAloneForAsLong) {
  std::vector<Pulse::Task> tasks;
  Pulse pulse([&](Pulse::Task task) { tasks.push_back(std::move(task)); });
  base::Time now{1000s};
  pulse.ask(now);
  now += 1h;
  tasks.back()();
  EXPECT_FALSE(pulse.rests(now));
  EXPECT_TRUE(pulse.rests(now + 100ms));
}

}  // namespace
}  // namespace comcat::server
