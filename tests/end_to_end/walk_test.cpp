// Ten callers who do at random what callers do, and a pair who talk all the time meanwhile.
//
// COMCAT_WALK_SECONDS   how long it takes, with a round more than that at most; 60
// COMCAT_WALK_SEED      walks as a run did that printed it; a new one each time

#include "end_to_end/walk/walk.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "support/http_get.h"
#include "support/metronome.h"
#include "support/sanitizers.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using std::chrono::seconds;

constexpr seconds kRound{8};
constexpr seconds kPatience{30};
constexpr long kMoreKib = 2 * 1024;

unsigned number_from(const char* variable, unsigned otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::stoul(text));
}

/// A server that is soon tired of those who do not read.
class WalkedServer {
 public:
  WalkedServer() {
    const auto line = server_.process().wait_for_line(Process::kErr, " metrics port=");
    if (line) metrics_port_ = std::stoi(line->substr(line->rfind('=') + 1));
  }
  [[nodiscard]] int port() const { return server_.port(); }
  [[nodiscard]] bool is_empty() const {
    return http_get(metrics_port_, "/metrics").find("\ncomcat_clients 0\n") != std::string::npos;
  }
  [[nodiscard]] long rss_kib() {
    std::ifstream status("/proc/" + std::to_string(server_.process().pid()) + "/status");
    long kib = -1;
    for (std::string word; status >> word;) {
      if (word == "VmRSS:") status >> kib;
    }
    return kib;
  }
  [[nodiscard]] int stop() { return server_.stop(); }

 private:
  ServerProcess server_{{"--metrics=127.0.0.1:0", "--stall_seconds=3", "--max_speakers=16"}};
  int metrics_port_ = 0;
};

TEST(Walk, AtRandomLeavesNothingBehindAndAPairHearsEveryFrame) {
  const unsigned seed = number_from("COMCAT_WALK_SEED", std::random_device{}() % 1'000'000);
  const seconds time{number_from("COMCAT_WALK_SECONDS", 60)};
  std::cout << "COMCAT_WALK_SEED=" << seed << std::endl;
  const base::Time end = base::steady_now() + time;
  WalkedServer server;

  std::optional<Walk> walk(std::in_place, server.port(), seed + 1);  // what memory it takes at all
  walk->round(kRound);
  walk.reset();
  ASSERT_TRUE(await(kPatience, [&] { return server.is_empty(); })) << "a caller is left over";
  const long before_kib = server.rss_kib();

  walk.emplace(server.port(), seed);
  while (base::steady_now() < end && !::testing::Test::HasFailure()) walk->round(kRound);
  std::cout << walk->account() << std::endl;
  walk.reset();
  EXPECT_TRUE(await(kPatience, [&] { return server.is_empty(); })) << "a caller is left over";
  const auto more_kib = [&] { return server.rss_kib() - before_kib; };
  EXPECT_TRUE(!!kAddressSanitized || await(kPatience, [&] { return more_kib() <= kMoreKib; }));
  std::cout << "memory " << before_kib << " + " << more_kib() << " KiB" << std::endl;
  EXPECT_EQ(0, server.stop());
}

}  // namespace
}  // namespace comcat::testing
