// Everyone comes at once: what a server that has just been restarted goes through.

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "support/client_process.h"
#include "support/sanitizers.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

// A server with AddressSanitizer takes a minute for a thousand handshakes beside other tests.
constexpr int kCrowd = kAddressSanitized ? 250 : 1000;

bool may_open_enough_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max >= 3 * kCrowd;
}

std::unique_ptr<ServerProcess> start(const std::string& state, int port) {
  return std::make_unique<ServerProcess>(
      std::vector<std::string>{"--listen=127.0.0.1:" + std::to_string(port), "--state_dir=" + state,
                               "--max_clients=1100"},
      /*tls=*/true);
}

TEST(Storm, AThousandClientsConnectAtOnceToAServerThatCameBack) {
  if (!may_open_enough_files()) GTEST_SKIP() << "this process may not open 3000 files";
  const TemporaryDirectory state;
  auto server = start(state.path(), 0);
  ASSERT_NE(0, server->port());
  ClientProcess an(*server, "an", {"--input=null", "--output=null"});
  ClientProcess bo(*server, "bo", {"--input=null", "--output=null"});
  ASSERT_TRUE(an.prints("connected to ") && bo.prints("connected to "));

  const int port = server->port();
  server->process().signal(SIGKILL);
  ASSERT_TRUE(an.prints("connecting again") && bo.prints("connecting again"));
  server = start(state.path(), port);
  ASSERT_EQ(port, server->port());
  Process crowd({program("comcat-load"), "--host=" + server->host(), "--passcode=hunter2",
                 "--clients=" + std::to_string(kCrowd),
                 "--connect_parallel=" + std::to_string(kCrowd), "--speakers=0", "--seconds=0.1",
                 "--warm_up_seconds=0"});

  EXPECT_TRUE(an.prints("connected again to ") && bo.prints("connected again to "));
  EXPECT_EQ(0, crowd.wait_exit(std::chrono::minutes(2))) << crowd.output(Process::kErr);
  an.type("say hello");
  EXPECT_TRUE(bo.prints("<an> hello"));
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(0, bo.stop());
  EXPECT_EQ(0, server->stop());
}

}  // namespace
}  // namespace comcat::testing
