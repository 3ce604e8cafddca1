// Hosts of two real servers that are one, over a real nats-server.

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/client_fixtures.h"
#include "support/client_process.h"
#include "support/nats_server.h"
#include "support/process.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kRefused = 3;

/// One of the servers, which can be ended and started again with what it has kept.
struct Place {
  Place(const NatsServer& nats, const std::string& name)
      : flags{"--nats=" + nats.url(), "--cluster=test", "--node=" + name,
              "--state_dir=" + directory.path(), "--admin_socket=" + socket},
        server(std::make_unique<ServerProcess>(flags)) {}

  [[nodiscard]] std::string admin(const std::string& words) const {
    Process asking({program("comcat-server"), "--admin_socket=" + socket, "--admin=" + words});
    EXPECT_TRUE(asking.wait_exit().has_value());
    return asking.output(Process::kOut) + asking.output(Process::kErr);
  }
  void end() { EXPECT_EQ(0, server->stop()); }
  void begin() { server = std::make_unique<ServerProcess>(flags); }

  TemporaryDirectory directory;
  std::string socket = directory.file("admin.sock");
  std::vector<std::string> flags;
  std::unique_ptr<ServerProcess> server;
};

TEST(ClusterHosts, KickMuteBanListAndAreObeyedAtBothServersAndAfterARestart) {
  NatsServer nats;
  Place a(nats, "a");
  Place b(nats, "b");
  ASSERT_TRUE(a.server->has_logged(" node_found node=b ") &&
              b.server->has_logged(" node_found node=a "));

  const std::vector<std::string> silent{"--input=null", "--output=null"};
  ClientProcess an(*a.server, "an", silent);
  ClientProcess bo(*b.server, "bo", silent);
  ASSERT_TRUE(an.prints("connected to") && bo.prints("connected to"));
  ASSERT_TRUE(an.prints("bo"));

  EXPECT_THAT(a.admin("who"), HasSubstr("  at b"));
  EXPECT_THAT(a.admin("rooms"), HasSubstr("lobby  2"));
  EXPECT_THAT(a.admin("stats"), HasSubstr("callers 2"));

  an.type("msg bo psst");
  EXPECT_TRUE(bo.prints("psst"));

  EXPECT_EQ("bo is heard by nobody\n", a.admin("mute bo"));
  EXPECT_TRUE(b.server->logs(" muted_by_host whom=bo by=\"comcat-server --admin at a\""));
  EXPECT_TRUE(a.server->logs(" ordered words=\"mute bo\" by=\"comcat-server --admin\" node=b"));
  EXPECT_EQ("bo is out of the call\n", a.admin("kick bo because noise"));
  EXPECT_EQ(kRefused, bo.process().wait_exit());
  EXPECT_THAT(bo.process().output(Process::kErr), HasSubstr("a host has removed you: noise"));

  // A ban that is made while b is away holds there once it is back, and so does its lift.
  b.end();
  ASSERT_TRUE(a.server->logs(" node_gone "));
  EXPECT_THAT(a.admin("ban 198.51.100.7"), HasSubstr("nobody from 198.51.100.7 comes in"));
  b.begin();
  ASSERT_TRUE(b.server->logs(" banned address=198.51.100.7 "));
  EXPECT_THAT(b.admin("bans"), HasSubstr("198.51.100.7"));
  EXPECT_THAT(b.admin("unban 198.51.100.7"), HasSubstr("may come in again"));
  ASSERT_TRUE(a.server->logs(" unbanned whom=198.51.100.7 node=b"));
  EXPECT_THAT(a.admin("bans"), HasSubstr("nobody is banned"));
}

/// Two servers, and devices, each with a state directory of its own.
class ClusterNames : public ClientTest {
 protected:
  ClusterNames() {
    EXPECT_TRUE(a_.has_logged(" node_found node=b ") && b_.has_logged(" node_found node=a "));
  }
  static std::vector<std::string> flags(const NatsServer& nats, const std::string& name) {
    return {"--nats=" + nats.url(), "--cluster=test", "--node=" + name};
  }
  [[nodiscard]] std::unique_ptr<Process> call(const ServerProcess& server,
                                              const std::string& device,
                                              std::vector<std::string> more = {}) const {
    more.insert(more.begin(),
                {"--state_dir=" + directory_.path() + "/" + device,
                 "--trust=" + server.fingerprint(), "--name=an", "--passcode=hunter2"});
    return std::make_unique<Process>(command(server.host(), more));
  }
  /// The value of `key` in a line of JSON.
  static std::string value(const std::string& line, const std::string& key) {
    const std::string before = "\"" + key + "\":\"";
    const std::size_t begin = line.find(before) + before.size();
    return line.substr(begin, line.find('"', begin) - begin);
  }

  NatsServer nats_;
  ServerProcess a_{flags(nats_, "a"), /*tls=*/true};
  ServerProcess b_{flags(nats_, "b"), /*tls=*/true};
};

TEST_F(ClusterNames, AClaimAtOneServerHoldsAtTheOtherAndACodeOfOnePairsThere) {
  auto laptop = call(a_, "laptop", {"--json"});
  laptop->write("claim\n");
  ASSERT_TRUE(laptop->wait_for_line(Process::kOut, "the name an is held on"));
  const std::string refused = "the name an is claimed, and not for this device";
  expect_failure(*call(b_, "stranger"), 3, refused);
  laptop->write("pair\n");
  const auto answer = laptop->wait_for_line(Process::kOut, "\"event\":\"pairing_code\"");
  ASSERT_TRUE(answer);
  expect_failure(*call(b_, "phone", {"--pair=aaaaaaaaaa"}), 3, "the pairing code is wrong");
  auto phone = call(b_, "phone", {"--pair=" + value(*answer, "code")});
  EXPECT_TRUE(phone->wait_for_line(Process::kOut, "as an (2)"));
  EXPECT_TRUE(laptop->wait_for_line(Process::kOut, "\"text\":\"an (2) joined\""));
  phone->write("stop\n");
  EXPECT_EQ(0, phone->wait_exit());
  auto later = call(a_, "phone");
  EXPECT_TRUE(later->wait_for_line(Process::kOut, "as an (2)")) << "a device is paired everywhere";
  laptop->write("stop\n");
  EXPECT_EQ(0, laptop->wait_exit());
  expect_failure(*call(b_, "stranger"), 3, refused);
}

}  // namespace
}  // namespace comcat::testing
