// A server whose callers say nothing sleeps: each wake-up costs a battery, and whoever pays for it.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "comcat/base/event.h"

#include "support/caller.h"
#include "support/sanitizers.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;

/// How often threads of the process have gone to sleep.
std::uint64_t sleeps(pid_t pid) {
  std::uint64_t sum = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      std::uint64_t count = 0;
      if (word == "voluntary_ctxt_switches:" && status >> count) sum += count;
    }
  }
  return sum;
}

TEST(Idle, AServerWithTwoSilentCallersWakesAFewTimesASecond) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's threads wake by themselves";
  ServerProcess server({}, /*tls=*/true);
  Caller an({.port = server.port(), .tls = true});
  Caller binh({.port = server.port(), .tls = true});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  const base::Event never;
  std::ignore = never.wait_for(4s);  // what their coming has begun is over
  const std::uint64_t before = sleeps(server.process().pid());
  constexpr auto kTime = 4s;
  std::ignore = never.wait_for(kTime);
  const std::uint64_t a_second = (sleeps(server.process().pid()) - before) / kTime.count();
  std::cout << a_second << " a second\n";
  EXPECT_LE(a_second, 8U);
}

}  // namespace
}  // namespace comcat::testing
