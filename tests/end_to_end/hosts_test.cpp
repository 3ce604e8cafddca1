// Hosts: through the admin socket, and in a call.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"

#include "support/client_process.h"
#include "support/process.h"
#include "support/server_process.h"
#include "support/tiny_disk.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kRefused = 3;
constexpr int kUnreachable = 5;

const std::vector<std::string> kSilent{"--input=null", "--output=null"};

std::vector<std::string> with(std::vector<std::string> flags, const std::string& flag) {
  flags.push_back(flag);
  return flags;
}

/// comcat-server --admin.
struct Admin {
  Admin(const std::string& socket, const std::string& words, const Process::Options& options = {})
      : process({program("comcat-server"), "--admin_socket=" + socket, "--admin=" + words},
                options),
        code(process.wait_exit()) {}
  [[nodiscard]] const std::string& out() const { return process.output(Process::kOut); }
  [[nodiscard]] const std::string& err() const { return process.output(Process::kErr); }

  Process process;
  std::optional<int> code;
};

/// A server with an admin socket, in a directory of its own.
struct Hosted {
  explicit Hosted(std::vector<std::string> flags = {})
      : server(with(std::move(flags), "--admin_socket=" + socket)) {}
  [[nodiscard]] Admin admin(const std::string& words) const { return {socket, words}; }

  TemporaryDirectory directory;
  std::string socket = directory.file("admin.sock");
  ServerProcess server;
};

enum : int { kAnswered, kNotLetIn, kHungUpOn };

/// What becomes of a connection to `socket` by nobody (uid 65534).
int as_another_user(const std::string& socket) {
  const pid_t child = fork();
  if (child == 0) {
    const base::FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (setresuid(65534, 65534, 65534) != 0 ||
        connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      _exit(kNotLetIn);
    }
    char byte = 0;  // gRPC's server speaks first
    _exit(read(fd.get(), &byte, 1) > 0 ? kAnswered : kHungUpOn);
  }
  int status = 0;
  EXPECT_EQ(child, waitpid(child, &status, 0));
  return WEXITSTATUS(status);
}

TEST(Hosts, WhoeverRunsTheServerSeesAndRemovesPeople) {
  const Hosted here;
  ClientProcess an(here.server, "an", kSilent);
  ASSERT_TRUE(an.prints("alone in the room lobby"));
  ClientProcess bo(here.server, "bo", kSilent);
  ASSERT_TRUE(bo.prints("in the room lobby"));
  const Admin who = here.admin("who");
  EXPECT_EQ(0, who.code);
  EXPECT_THAT(who.out(), HasSubstr("  an  "));
  EXPECT_THAT(who.out(), HasSubstr("127.0.0.1"));

  EXPECT_EQ(0, here.admin("kick an for 10m because noise").code);
  EXPECT_EQ(kRefused, an.process().wait_exit());  // and does not come back by itself
  EXPECT_THAT(an.process().output(Process::kErr), HasSubstr("a host has removed you: noise"));
  EXPECT_TRUE(bo.prints("an left (removed by a host: noise)"));
  ClientProcess again(here.server, "an", kSilent);
  EXPECT_EQ(kRefused, again.process().wait_exit());
  EXPECT_THAT(again.process().output(Process::kErr), HasSubstr("your address is banned until"));
  EXPECT_EQ(0, here.admin("unban 127.0.0.1").code);
  ClientProcess once_more(here.server, "an", kSilent);
  EXPECT_TRUE(once_more.prints("connected to"));
}

TEST(Hosts, ABanOutlivesTheServer) {
  const TemporaryDirectory state;
  const std::vector<std::string> flags{"--admin_socket=" + state.file("admin.sock"),
                                       "--state_dir=" + state.path()};
  {
    ServerProcess server(flags);
    EXPECT_EQ(0, Admin(state.file("admin.sock"), "ban 127.0.0.1 because of spam").code);
    EXPECT_EQ(0, server.stop());
  }
  ServerProcess server(flags);
  ClientProcess an(server, "an", kSilent);
  EXPECT_EQ(kRefused, an.process().wait_exit());
  EXPECT_THAT(an.process().output(Process::kErr), HasSubstr("your address is banned: of spam"));
}

TEST(Hosts, WhoGivesTheHostPasscodeIsAHost) {
  Hosted here({"--host_passcode=correct horse"});
  Process::Options host;
  host.environment = {{"COMCAT_HOST_PASSCODE", "correct horse"}};
  ClientProcess an(here.server, "an", kSilent, host);
  ASSERT_TRUE(an.prints("alone in the room lobby"));
  ClientProcess bo(here.server, "bo", kSilent);
  ASSERT_TRUE(bo.prints("in the room lobby: an (host), bo (you)"));
  bo.type("kick an");
  EXPECT_TRUE(bo.prints("only hosts can do that"));
  an.type("mute bo");
  EXPECT_TRUE(an.prints("bo is heard by nobody"));
  EXPECT_TRUE(bo.prints("a host muted you: nobody hears you"));
  bo.type("unmute");
  EXPECT_TRUE(bo.prints("only a host can change that"));
  an.type("unmute bo");
  EXPECT_TRUE(bo.prints("you are no longer muted by a host: they hear you"));
  an.type("kick bo because enough");
  EXPECT_TRUE(an.prints("bo left (removed by a host: enough)"));
  EXPECT_EQ(kRefused, bo.process().wait_exit());
}

TEST(Hosts, AWrongHostPasscodeIsRefusedAndCounts) {
  Hosted here({"--host_passcode=correct horse", "--max_passcode_failures=2"});
  for (const char* said :
       {"the host passcode is wrong", "the host passcode is wrong", "too many wrong passcodes"}) {
    ClientProcess an(here.server, "an", with(kSilent, "--host_passcode=guess"));
    EXPECT_EQ(kRefused, an.process().wait_exit());
    EXPECT_THAT(an.process().output(Process::kErr), HasSubstr(said));
  }
}

TEST(Hosts, DrainEndsTheServerAsSigtermDoes) {
  Hosted here;
  ClientProcess an(here.server, "an", kSilent);
  ASSERT_TRUE(an.prints("connected to"));
  EXPECT_EQ(0, here.admin("drain").code);
  EXPECT_TRUE(an.prints("the server is shutting down"));
  EXPECT_EQ(0, here.server.process().wait_exit());
  EXPECT_NE(0, access(here.socket.c_str(), F_OK));
  EXPECT_EQ(kUnreachable, here.admin("rooms").code);
}

TEST(Hosts, WhatIsNotUnderstoodOrNotThereIsSaidInOneSentence) {
  const Hosted here;
  const Admin unknown = here.admin("reboot");
  EXPECT_EQ(2, unknown.code);
  EXPECT_EQ("comcat-server: \"reboot\" is nothing that a host can do; help lists what is\n",
            unknown.err());
  const Admin nobody = here.admin("kick zed");
  EXPECT_EQ(kRefused, nobody.code);
  EXPECT_EQ("comcat-server: nobody is called zed\n", nobody.err());
  const Admin empty = here.admin("");  // a script's empty variable starts no server
  EXPECT_EQ(2, empty.code);
  EXPECT_EQ("comcat-server: --admin needs words, for example --admin help\n", empty.err());
  const Admin endless = here.admin("say " + std::string(70'000, 'x'));
  EXPECT_EQ(2, endless.code);
  EXPECT_EQ("comcat-server: these words are too long\n", endless.err());
}

TEST(Hosts, TheSocketIsItsOwnersAlone) {
  const Hosted here;
  struct stat found {};
  ASSERT_EQ(0, stat(here.socket.c_str(), &found));
  EXPECT_EQ(0600U, found.st_mode & 0777U);
  if (geteuid() != 0) GTEST_SKIP() << "only root can be another user";
  ASSERT_EQ(0, chmod(here.directory.path().c_str(), 0755));
  EXPECT_EQ(kNotLetIn, as_another_user(here.socket));
  // Even where the file's mode would let others in.
  ASSERT_EQ(0, chmod(here.socket.c_str(), 0666));
  EXPECT_EQ(kHungUpOn, as_another_user(here.socket));
}

TEST(Hosts, AnotherUserIsToldWhoseTheSocketIs) {
  const Hosted here;
  if (geteuid() != 0) GTEST_SKIP() << "only root can be another user";
  ASSERT_EQ(0, chmod(here.directory.path().c_str(), 0755));
  const std::string server = here.directory.file("comcat-server");  // where nobody may run it
  std::filesystem::copy_file(program("comcat-server"), server);
  ASSERT_EQ(0, chmod(server.c_str(), 0755));
  Process asks({"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", server,
                "--admin_socket=" + here.socket, "--admin=who"});
  EXPECT_EQ(kRefused, asks.wait_exit());
  EXPECT_EQ("comcat-server: the admin socket " + here.socket +
                " is another user's; ask as that user, or as root\n",
            asks.output(Process::kErr));
}

TEST(Hosts, ASocketThatACrashLeftIsReplacedAndOneInUseIsNot) {
  const TemporaryDirectory directory;
  const std::string socket = directory.file("admin.sock");
  {
    ServerProcess killed({"--admin_socket=" + socket});
    killed.process().signal(SIGKILL);
    ASSERT_EQ(128 + SIGKILL, killed.process().wait_exit());
  }
  ServerProcess first({"--admin_socket=" + socket});
  EXPECT_EQ(0, Admin(socket, "rooms").code);
  const TemporaryDirectory state;
  Process second({program("comcat-server"), "--open", "--listen=127.0.0.1:0",
                  "--state_dir=" + state.path(), "--admin_socket=" + socket});
  EXPECT_EQ(2, second.wait_exit());
  EXPECT_THAT(second.output(Process::kErr), HasSubstr("another program listens there"));
  // The default one is worth a warning, for two servers of one state directory, which keep neither
  // certificate nor texts there.
  Process one({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0",
               "--history_hours=0", "--state_dir=" + state.path()});
  ASSERT_TRUE(one.wait_for_line(Process::kErr, "listening"));
  Process other({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0",
                 "--history_hours=0", "--state_dir=" + state.path()});
  EXPECT_TRUE(other.wait_for_line(Process::kErr, "admin_socket_off"));
  EXPECT_TRUE(other.wait_for_line(Process::kErr, "listening"));
  EXPECT_EQ(0, Admin(socket, "rooms").code);
}

TEST(Hosts, ABanThatAFullDiskDoesNotTakeHoldsAndIsSaidNotToLast) {
  const auto disk = TinyDisk::make(/*kib=*/512);
  COMCAT_NEEDS_NAMESPACES(disk);
  const TemporaryDirectory directory;
  const std::string socket = directory.file("admin.sock");
  ServerProcess server({"--state_dir=" + disk->path(), "--admin_socket=" + socket}, /*tls=*/false,
                       disk->inside());
  disk->write("other", std::string(1024UL * 1024, 'x'));
  const Admin full(socket, "ban 192.0.2.7");
  EXPECT_EQ(kRefused, full.code);
  EXPECT_THAT(full.err(), HasSubstr("nobody from 192.0.2.7 comes in until it is unbanned; but only "
                                    "until the server ends, as it cannot keep that ("));
  EXPECT_TRUE(server.logs("error bans_not_kept"));
  EXPECT_THAT(Admin(socket, "bans").out(), HasSubstr("192.0.2.7"));
  disk->remove("other");
  EXPECT_EQ(0, Admin(socket, "ban 192.0.2.7").code);
  EXPECT_EQ(0, server.stop());
}

}  // namespace
}  // namespace comcat::testing
