// Who runs the program, in environments that say little.

#include "apps/user.h"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

namespace comcat::apps {
namespace {

class User : public ::testing::Test {
 protected:
  User() {
    for (const char* const name : {"HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "USER"}) {
      ::unsetenv(name);
    }
  }
  static void set(const char* name, const char* value) { ::setenv(name, value, 1); }
};

TEST_F(User, TheStateIsWhereTheXdgSpecificationPutsIt) {
  EXPECT_EQ("/flag", state_directory("/flag")->string());
  set("HOME", "/home/an");
  EXPECT_EQ("/home/an/.local/state/comcat", state_directory("")->string());
  EXPECT_EQ("/home/an/.config/comcat/client.flags", configuration_file("client.flags").string());
  set("XDG_STATE_HOME", "/state");
  set("XDG_CONFIG_HOME", "/config");
  EXPECT_EQ("/state/comcat", state_directory("")->string());
  EXPECT_EQ("/config/comcat/client.flags", configuration_file("client.flags").string());
}

TEST_F(User, ARelativePathInAVariableIsIgnored) {
  set("HOME", "/home/an");
  set("XDG_STATE_HOME", "state");
  set("XDG_CONFIG_HOME", "./config");
  EXPECT_EQ("/home/an/.local/state/comcat", state_directory("")->string());
  EXPECT_EQ("/home/an/.config/comcat/client.flags", configuration_file("client.flags").string());
}

TEST_F(User, WithoutHomeThePasswordDatabaseKnowsIt) {
  const passwd* const user = ::getpwuid(::getuid());
  if (user == nullptr) GTEST_SKIP() << "this user is in no password database";
  EXPECT_EQ(std::string(user->pw_dir) + "/.local/state/comcat", state_directory("")->string());
  set("HOME", "relative");
  EXPECT_EQ(std::string(user->pw_dir) + "/.local/state/comcat", state_directory("")->string());
  EXPECT_EQ(user->pw_name, login_name());
}

TEST_F(User, TheLoginNameBecomesANameThatACallTakes) {
  set("USER", "an");
  EXPECT_EQ("an", login_name());
  EXPECT_EQ("anbinh", valid_name(" an\tb\x01inh\x1b "));
  EXPECT_EQ("\xC3\x82n", valid_name("\xC3\x82n\xFF"));
  EXPECT_EQ(std::string(32, 'x'), valid_name(std::string(40, 'x')));
  EXPECT_EQ("", valid_name("\t \n"));
}

}  // namespace
}  // namespace comcat::apps
