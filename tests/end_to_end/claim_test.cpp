// Whose a name is, with the real programs.

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/client_fixtures.h"

namespace comcat::testing {
namespace {

/// A server whose state outlives it, and devices, each with a state directory of its own.
class ClaimedNames : public ClientTest {
 protected:
  void start() {
    server_ = std::make_unique<ServerProcess>(
        std::vector<std::string>{"--state_dir=" + directory_.path() + "/server"}, /*tls=*/true);
  }
  [[nodiscard]] std::unique_ptr<Process> call(const std::string& device,
                                              std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(),
                 {"--state_dir=" + directory_.path() + "/" + device,
                  "--trust=" + server_->fingerprint(), "--name=an", "--passcode=hunter2"});
    return std::make_unique<Process>(command(server_->host(), flags));
  }
  static bool prints(Process& client, const std::string& text) {
    return client.wait_for_line(Process::kOut, text).has_value();
  }
  void expect_refused(const std::string& device) const {
    expect_failure(*call(device), 3, "the name an is claimed, and not for this device");
  }

  std::unique_ptr<ServerProcess> server_;
};

TEST_F(ClaimedNames, CannotBeTakenByAnotherKeyWhileTheOwnerIsThereNorLaterNorAfterARestart) {
  start();
  auto an = call("laptop");
  ASSERT_TRUE(prints(*an, "connected to"));
  an->write("claim\n");
  ASSERT_TRUE(prints(*an, "the name an is held on"));
  expect_refused("stranger");
  an->write("stop\n");
  EXPECT_EQ(0, an->wait_exit());
  expect_refused("stranger");
  server_->process().signal(SIGKILL);
  EXPECT_EQ(128 + SIGKILL, server_->process().wait_exit()) << "what was answered is on the disk";
  start();
  expect_refused("stranger");
  auto again = call("laptop");
  EXPECT_TRUE(prints(*again, "connected to"));
}

TEST_F(ClaimedNames, AreSharedWithADeviceThatIsPaired) {
  start();
  auto laptop = call("laptop", {"--json"});
  laptop->write("claim\npair\n");
  const auto answer = laptop->wait_for_line(Process::kOut, "\"event\":\"pairing_code\"");
  ASSERT_TRUE(answer);
  const std::string key = "\"code\":\"";
  const std::size_t begin = answer->find(key) + key.size();
  const std::string code = answer->substr(begin, answer->find('"', begin) - begin);
  expect_failure(*call("phone", {"--pair=aaaaaaaaaa"}), 3, "the pairing code is wrong");
  auto phone = call("phone", {"--pair=" + code});
  EXPECT_TRUE(prints(*phone, "as an (2)"));
  ASSERT_TRUE(laptop->wait_for_line(Process::kOut, "\"text\":\"an (2) joined\""));
  phone->write("stop\n");
  EXPECT_EQ(0, phone->wait_exit());
  auto later = call("phone");
  EXPECT_TRUE(prints(*later, "as an (2)")) << "a device is paired once";
}

}  // namespace
}  // namespace comcat::testing
