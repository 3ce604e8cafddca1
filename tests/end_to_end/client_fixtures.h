#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/process.h"
#include "support/server_process.h"

namespace comcat::testing {

/// Flags for a client without sound devices, with a state directory that goes with the test.
class ClientTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> command(const std::string& host,
                                                 const std::vector<std::string>& flags) const {
    std::vector<std::string> out{program("comcat-client"), "--host=" + host, "--input=null",
                                 "--output=null", "--state_dir=" + state()};
    out.insert(out.end(), flags.begin(), flags.end());
    return out;
  }
  [[nodiscard]] std::string state() const { return directory_.path() + "/state"; }
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
    const std::string path = directory_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  const TemporaryDirectory directory_;
};

/// Waits for the client's end; expects `code` and one sentence on stderr, in which `part` stands.
inline void expect_failure(Process& client, int code, const std::string& part) {
  EXPECT_EQ(code, client.wait_exit());
  const std::string& error = client.output(Process::kErr);
  EXPECT_THAT(error, ::testing::HasSubstr(part));
  EXPECT_EQ(0U, error.find("comcat-client: ")) << error;
  EXPECT_EQ(error.size() - 1, error.find('\n')) << "one line: " << error;
  EXPECT_EQ(std::string::npos, error.find('\x1b'));
  EXPECT_THAT(error, ::testing::Not(::testing::HasSubstr(".\n"))) << "one style for all of them";
}

/// A server, and the flags for clients in a call on it.
class InACall : public ClientTest {
 protected:
  [[nodiscard]] std::vector<std::string> as(const std::string& name,
                                            std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), {"--insecure", "--passcode=hunter2", "--name=" + name});
    return command(server_.host(), flags);
  }
  ServerProcess server_;
};

}  // namespace comcat::testing
