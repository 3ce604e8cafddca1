// A server whose callers say nothing sleeps: each wake-up costs a battery, and whoever pays for it.
// What is said wakes who has to do with it, and nobody else.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/base/event.h"

#include "support/caller.h"
#include "support/client_process.h"
#include "support/namespace.h"
#include "support/sanitizers.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;

/// How often each thread of the process has gone to sleep.
std::map<std::string, std::uint64_t> sleeps_of_threads(pid_t pid) {
  std::map<std::string, std::uint64_t> sleeps;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      std::uint64_t count = 0;
      if (word == "voluntary_ctxt_switches:" && status >> count) {
        sleeps[task.path().filename()] += count;
      }
    }
  }
  return sleeps;
}

std::uint64_t sleeps(pid_t pid) {
  std::uint64_t sum = 0;
  for (const auto& [thread, count] : sleeps_of_threads(pid)) sum += count;
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

TEST(Idle, VoiceByStreamWakesOneThreadOfTheServer) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's threads wake by themselves";
  ServerProcess server({"--max_frames_per_second=100000"});
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  const auto before = sleeps_of_threads(server.process().pid());
  constexpr unsigned kFrames = 300;
  for (unsigned frame = 1; frame <= kFrames; ++frame) {
    ASSERT_TRUE(an.send_voice("\x08voice", frame));
    ASSERT_TRUE(binh.wait_for_voice());
  }
  std::vector<std::uint64_t> more;
  for (const auto& [thread, count] : sleeps_of_threads(server.process().pid())) {
    const auto found = before.find(thread);
    more.push_back(count - (found == before.end() ? 0 : found->second));
  }
  std::ranges::sort(more, std::greater<>());
  std::cout << more.at(0) << " times one thread, " << more.at(1) << " the next\n";
  EXPECT_LE(more.at(1), kFrames / 4);
}

TEST(Idle, ACallerIsNotTakenForLostWhereTheNetworkHasBeenSlow) {
  const auto place = Namespace::make(Namespace::Kind::kNetwork);
  COMCAT_NEEDS_NAMESPACES(place);
  // As after an outage: the kernel sends again, and lets go of what is corked, only after long.
  ASSERT_TRUE(place->run({"/usr/sbin/ip", "route", "replace", "local", "127.0.0.1", "dev", "lo",
                          "table", "local", "rto_min", "30s"}));
  ServerProcess server({}, /*tls=*/false, place->inside());
  ClientProcess an(server, "an", {"--input=null", "--output=null"}, place->inside());
  ASSERT_TRUE(an.prints("type help"));
  // Both ends ask for a sign of life after 5 s, and wait for it for 5 s.
  EXPECT_FALSE(an.process().wait_for_line(Process::kOut, "connecting again", 12s))
      << an.process().output(Process::kOut);
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(std::string::npos, server.process().output(Process::kErr).find(" away "));
}

}  // namespace
}  // namespace comcat::testing
