// Who comes in, and what the others are told: the real server, bare gRPC clients.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>

#include "support/caller.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using grpc::StatusCode;

grpc::Status status_with(int port, std::optional<std::string> passcode) {
  Caller caller({.port = port, .passcode = std::move(passcode)});
  return caller.status();
}

/// The signals that each thread of `process` but its main one blocks, as bits from SIGHUP's on.
std::vector<std::uint64_t> blocked_signals(const Process& process) {
  const std::string pid = std::to_string(process.pid());
  std::vector<std::uint64_t> blocked;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + pid + "/task")) {
    if (thread.path().filename() == pid) continue;
    std::ifstream status(thread.path() / "status");
    for (std::string word; status >> word;) {
      if (word == "SigBlk:" && status >> std::hex) status >> blocked.emplace_back();
    }
  }
  return blocked;
}

TEST(Admission, AMissingPasscodeIsUnauthenticatedAndTheServerLives) {
  ServerProcess server;
  const grpc::Status status = status_with(server.port(), std::nullopt);
  EXPECT_EQ(StatusCode::UNAUTHENTICATED, status.error_code());
  EXPECT_EQ("this server asks for a passcode", status.error_message());
  Caller an({.port = server.port()});
  EXPECT_TRUE(an.hello("an"));
}

TEST(Admission, AShortPasscodeAndAFileThatEveryoneMayReadDrawAWarning) {
  ServerProcess short_one;  // hunter2
  EXPECT_TRUE(short_one.logs("warning passcode_is_short characters=7"));
  const TemporaryDirectory folder;
  const std::string path = folder.file("passcode");
  std::ofstream(path) << "hunter2-and-more\n";
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  Process open({program("comcat-server"), "--insecure", "--listen=127.0.0.1:0",
                "--passcode_file=" + path, "--state_dir=" + folder.path()});
  EXPECT_TRUE(
      open.wait_for_line(Process::kErr, "warning passcode_file_is_open_to_others file=" + path));
  EXPECT_EQ(std::string::npos, open.output(Process::kErr).find("passcode_is_short"));
}

TEST(Admission, AWrongPasscodeHasATextOfItsOwnAndIsNeverLogged) {
  ServerProcess server;
  const grpc::Status status = status_with(server.port(), "letmein-9731");
  EXPECT_EQ(StatusCode::UNAUTHENTICATED, status.error_code());
  EXPECT_EQ("the passcode is wrong", status.error_message());
  EXPECT_EQ(0, server.stop());
  const std::string& log = server.process().output(Process::kErr);
  EXPECT_NE(std::string::npos, log.find("refused"));
  EXPECT_EQ(std::string::npos, log.find("letmein-9731"));
  EXPECT_EQ(std::string::npos, log.find("hunter2"));
}

TEST(Admission, APasscodeOfAMebibyteIsRefusedAndTheServerLives) {
  ServerProcess server;
  const grpc::Status status = status_with(server.port(), std::string(1 << 20, 'x'));
  // By gRPC, or cut as a stranger's who sends too much, whichever comes first.
  EXPECT_TRUE(status.error_code() == StatusCode::RESOURCE_EXHAUSTED ||
              status.error_code() == StatusCode::UNAVAILABLE)
      << status.error_message();
  Caller an({.port = server.port()});
  EXPECT_TRUE(an.hello("an"));
}

TEST(Admission, WrongPasscodesTakeNoSlots) {
  ServerProcess server({"--max_clients=1", "--max_passcode_failures=100"});
  std::vector<std::unique_ptr<Caller>> strangers;
  for (int i = 0; i < 5; ++i) {
    strangers.push_back(
        std::make_unique<Caller>(Caller::Options{.port = server.port(), .passcode = "no"}));
  }
  Caller an({.port = server.port()});
  EXPECT_TRUE(an.hello("an"));
}

TEST(Admission, TooManyWrongPasscodesFromOneAddressAreRefusedForAWhile) {
  ServerProcess server({"--max_passcode_failures=3"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(StatusCode::UNAUTHENTICATED, status_with(server.port(), "no").error_code());
  }
  const grpc::Status status = status_with(server.port(), "hunter2");
  EXPECT_EQ(StatusCode::PERMISSION_DENIED, status.error_code());
  EXPECT_NE(std::string::npos, status.error_message().find("try again in"))
      << status.error_message();
}

TEST(Admission, AHundredJoinAtOnceAndTenAreLetIn) {
  ServerProcess server({"--max_clients=10", "--max_connections_per_address=200"});
  std::vector<std::unique_ptr<Caller>> callers(100);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < callers.size(); ++i) {
      threads.emplace_back([&, i] {
        callers[i] = std::make_unique<Caller>(Caller::Options{.port = server.port()});
        std::ignore = callers[i]->hello("caller " + std::to_string(i));
      });
    }
  }
  // The ten who are in hear each other's names; the others have an answer already.
  int in = 0;
  int full = 0;
  for (auto& caller : callers) {
    ClientREQ command;
    command.mutable_command()->set_trace_id(7);
    command.mutable_command()->mutable_list_rooms();
    if (caller->send(command) &&
        caller->wait_for([](const ServerRES& r) { return r.has_outcome(); })) {
      ++in;
      continue;
    }
    const grpc::Status status = caller->status();
    EXPECT_EQ(StatusCode::RESOURCE_EXHAUSTED, status.error_code()) << status.error_message();
    EXPECT_EQ("the server is full: all 10 slots are taken", status.error_message());
    ++full;
  }
  EXPECT_EQ(10, in);
  EXPECT_EQ(90, full);
}

TEST(Admission, AThousandCallersAreKilledAndAllSlotsAreFreeAgain) {
  ServerProcess server({"--max_clients=10", "--log_level=info"});
  for (int i = 0; i < 1000; ++i) {
    Caller caller({.port = server.port()});
    if (i % 3 == 0) continue;  // killed before its hello
    auto welcome = caller.hello("an");
    for (int tries = 0; !welcome && tries < 50;
         ++tries) {  // the ghost before it still has the name
      Caller again({.port = server.port()});
      welcome = again.hello("an");
    }
    ASSERT_TRUE(welcome) << i;
  }
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 10; ++i) {
    std::optional<ServerSignal> welcome;
    for (int tries = 0; !welcome && tries < 50; ++tries) {
      callers.push_back(std::make_unique<Caller>(Caller::Options{.port = server.port()}));
      welcome = callers.back()->hello("caller " + std::to_string(i));
      if (!welcome) callers.pop_back();
    }
    EXPECT_TRUE(welcome) << "slot " << i << " is still taken";
  }
  callers.clear();
  EXPECT_EQ(0, server.stop());  // under ASan a leak makes this 1
}

TEST(Admission, NamesAreCheckedOnceAtTheDoor) {
  ServerProcess server;
  const std::vector<std::string> bad{"", std::string(33, 'a'), "a\nb", "\x1b[2Jan", "\u202Ena"};
  for (const std::string& name : bad) {
    Caller caller({.port = server.port()});
    EXPECT_FALSE(caller.hello(name, "lobby"));
    EXPECT_EQ(StatusCode::INVALID_ARGUMENT, caller.status().error_code()) << name;
    EXPECT_EQ(0U, caller.status().error_message().find("the name "))
        << caller.status().error_message();
  }
  Caller an({.port = server.port()});
  EXPECT_TRUE(an.hello("an"));
  Caller second({.port = server.port()});
  EXPECT_FALSE(second.hello("An"));
  EXPECT_EQ(StatusCode::ALREADY_EXISTS, second.status().error_code());
}

TEST(Admission, WhoSaysNoHelloIsSentAway) {
  ServerProcess server({"--hello_seconds=1"});
  Caller silent({.port = server.port()});
  EXPECT_EQ(StatusCode::DEADLINE_EXCEEDED, silent.status().error_code());
  EXPECT_EQ("no hello within 1 s of connecting", silent.status().error_message());
}

TEST(Shutdown, SigtermTellsEveryoneAndEndsWithZero) {
  ServerProcess server;
  Caller an({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  server.process().signal(SIGTERM);
  EXPECT_TRUE(an.wait_for([](const ServerRES& r) { return event_of(r).has_draining(); }));
  EXPECT_EQ(StatusCode::UNAVAILABLE, an.status().error_code());
  EXPECT_EQ("the server is shutting down", an.status().error_message());
  EXPECT_EQ(0, server.process().wait_exit(std::chrono::seconds(10)));
}

TEST(Shutdown, ASignalThatMeansNothingToItEndsItLikeSigtermAndIsLogged) {
  for (const int signal : {SIGUSR1, SIGUSR2, SIGALRM}) {
    ServerProcess server;
    server.process().signal(signal);
    EXPECT_TRUE(server.logs(" stopping signal=SIG" + std::string(sigabbrev_np(signal))));
    EXPECT_EQ(0, server.process().wait_exit());
  }
}

TEST(Shutdown, NoThreadButTheOneThatWaitsForSignalsTakesThem) {
  ServerProcess server({"--metrics=127.0.0.1:0"});
  const std::vector<std::uint64_t> threads = blocked_signals(server.process());
  EXPECT_GE(threads.size(), 3U);
  for (const std::uint64_t blocked : threads) {
    for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM}) {
      EXPECT_NE(0U, blocked >> (signal - 1) & 1U) << "SIG" << sigabbrev_np(signal);
    }
  }
}

TEST(Shutdown, ASecondSignalEndsItAtOnceAndTheLogNamesIt) {
  ServerProcess server;
  Caller stalled({.port = server.port(), .reading = false});
  ClientREQ hello;
  hello.mutable_signal()->set_name("stalled");
  ASSERT_TRUE(stalled.send(hello));
  ASSERT_TRUE(server.logs("name=stalled"));
  server.process().signal(SIGTERM);
  ASSERT_TRUE(server.logs(" stopping signal=SIGTERM"));
  server.process().signal(SIGINT);
  EXPECT_EQ(128 + SIGINT, server.process().wait_exit());
  EXPECT_TRUE(server.logs("stopped why=\"a second signal, SIGINT\""));
}

TEST(Shutdown, AListenerWhoDoesNotReadCannotHoldItUp) {
  ServerProcess server;
  Caller stalled({.port = server.port(), .reading = false});
  ClientREQ hello;
  hello.mutable_signal()->set_name("stalled");
  ASSERT_TRUE(stalled.send(hello));
  ASSERT_TRUE(server.logs("name=stalled"));
  server.process().signal(SIGINT);
  EXPECT_EQ(0, server.process().wait_exit(std::chrono::seconds(15)));
}

}  // namespace
}  // namespace comcat::testing
