#include "comcat/server/acceptor.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "door.h"

namespace comcat::server {
namespace {

/// A lower limit of file descriptors until it is destroyed.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t limit) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{limit, before_.rlim_max};
    EXPECT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

/// What goes to stderr until it is destroyed.
class Stderr {
 public:
  Stderr() {
    std::array<int, 2> ends{};
    EXPECT_EQ(0, ::pipe(ends.data()));
    read_.reset(ends[0]);
    before_.reset(::dup(STDERR_FILENO));
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
  }
  Stderr(const Stderr&) = delete;
  Stderr& operator=(const Stderr&) = delete;
  ~Stderr() { ::dup2(before_.get(), STDERR_FILENO); }

  /// Waits until `word` has been written.
  void wait_for(const std::string& word) {
    std::array<char, 4096> part{};
    while (text_.find(word) == std::string::npos) {
      const ssize_t got = ::read(read_.get(), part.data(), part.size());
      ASSERT_GT(got, 0);
      text_.append(part.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  base::FileDescriptor read_;
  base::FileDescriptor before_;
  std::string text_;
};

bool has_ipv6() {
  return Acceptor::bind({"[::1]:0", {}}).ok();
}

TEST(Acceptor, NamesTheAddressWithThePortThatWasPicked) {
  Door door(limits(10));
  ASSERT_TRUE(door.bound());
  EXPECT_GT(door.port(), 0);
  EXPECT_EQ("127.0.0.1:" + std::to_string(door.port()), door.address());
  door.open();
  EXPECT_TRUE(visit(door));
}

TEST(Acceptor, AddressesThatAreNoneAreNamed) {
  for (const char* listen :
       {"", "50051", "host", ":", "::1:50051", "[::1:5", "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:65536",
        "1.2.3.4:999999999999", "no.such.host.invalid:1"}) {
    const auto bound = Acceptor::bind({listen, {}});
    EXPECT_TRUE(absl::IsInvalidArgument(bound.status())) << listen << ": " << bound.status();
    const std::string sentence(bound.status().message());
    EXPECT_EQ(0U, sentence.find("--listen " + std::string(listen)));
  }
}

TEST(Acceptor, SeveralAddressesAreAllListenedOnAndNamed) {
  AcceptorOptions options = limits(10);
  options.listen = "127.0.0.1:0,127.0.0.2:0";
  Door door(options);
  ASSERT_TRUE(door.bound());
  door.open();
  const std::string names = door.address();
  const std::size_t comma = names.find(",127.0.0.2:");
  ASSERT_NE(std::string::npos, comma) << names;
  EXPECT_EQ("127.0.0.1:" + std::to_string(door.port()), names.substr(0, comma));
  EXPECT_TRUE(visit(door));
  const int second = std::stoi(names.substr(names.rfind(':') + 1));
  Visitor at_the_second;
  at_the_second.knock(second, "127.0.0.2");
  EXPECT_TRUE(at_the_second.let_in());
}

TEST(Acceptor, OneOfSeveralThatIsNoneIsNamedAlone) {
  const auto bound = Acceptor::bind({"127.0.0.1:0,nowhere", {}});
  EXPECT_EQ(0U, std::string(bound.status().message()).find("--listen nowhere is not HOST:PORT"));
}

TEST(Acceptor, WithoutAHostBothFamiliesComeIn) {
  AcceptorOptions options = limits(10);
  options.listen = ":0";
  Door door(options);
  ASSERT_TRUE(door.bound());
  door.open();
  EXPECT_TRUE(visit(door, "127.0.0.1"));
  if (!has_ipv6()) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_EQ("[::]:" + std::to_string(door.port()), door.address());
}

TEST(Acceptor, AnIPv6AddressBesideAnIPv4OneLeavesThatAlone) {
  if (!has_ipv6()) GTEST_SKIP() << "this machine has no IPv6";
  Door first(limits(10));
  const std::string port = std::to_string(first.port());
  AcceptorOptions options = limits(10);
  options.listen = "[::]:" + port + ",127.0.0.2:" + port;
  EXPECT_TRUE(Door(options).bound());
}

TEST(Acceptor, APortThatIsTakenIsNamed) {
  Door door(limits(10));
  const auto second = Acceptor::bind({door.address(), {}});
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_NE(std::string::npos, std::string(second.status().message()).find("in use"));
}

TEST(Acceptor, ManyConnectionsFromOneAddressAreTooMany) {
  Door door(limits(3));
  door.open();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(visit(door));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(visit(door));
  EXPECT_TRUE(visit(door, "127.0.0.2"));
  door.hang_up(1);
  EXPECT_TRUE(visit(door));
  EXPECT_FALSE(visit(door));
  EXPECT_EQ(6U, door.turned(Turned::kAddressLimit));
  EXPECT_EQ(0U, door.turned(Turned::kTotalLimit));
}

TEST(Acceptor, AStrangerWhoSendsTooMuchIsSentAway) {
  AcceptorOptions options = limits(3);
  options.limits.stranger_bytes = 1000;
  Door door(options);
  door.open();
  Visitor talker;
  talker.knock(door.port());
  EXPECT_TRUE(talker.let_in());
  talker.say(1001);
  EXPECT_TRUE(talker.is_sent_away());
  EXPECT_EQ(1U, door.turned(Turned::kStranger));
}

TEST(Acceptor, AStrangerIsSentAwayAfterAWhile) {
  AcceptorOptions options = limits(3);
  options.limits.stranger_patience = std::chrono::milliseconds(1);
  Door door(options);
  door.open();
  Visitor idler;
  idler.knock(door.port());
  EXPECT_TRUE(idler.let_in());
  EXPECT_TRUE(idler.is_sent_away());
}

TEST(Acceptor, WhoSaysNothingIsNotHandedOver) {
  Door door(limits(3));
  door.open();
  Visitor silent;
  silent.wait_at(door.port());
  EXPECT_TRUE(visit(door)) << "who came later";
  EXPECT_EQ(1U, door.inside());
  silent.say(1);
  EXPECT_TRUE(silent.let_in()) << "whatever it is: it is for gRPC to refuse it";
}

TEST(Acceptor, NothingBeyondWhatAStrangerMaySendIsEverRead) {
  AcceptorOptions options = limits(3);
  options.limits.stranger_bytes = 1000;
  Door door(options);
  door.open();
  Visitor talker;
  talker.knock(door.port());
  EXPECT_TRUE(talker.let_in());
  talker.say(50'000);
  EXPECT_TRUE(talker.is_sent_away());
  EXPECT_LE(door.read_all(), 24U + 1000U + 1U);
}

TEST(Acceptor, WhoWasVouchedForMaySendAndStay) {
  AcceptorOptions options = limits(3);
  options.limits.stranger_bytes = 1000;
  Door door(options);
  door.open();
  Visitor guest;
  guest.knock(door.port());
  EXPECT_TRUE(guest.let_in());
  door.vouch_for_all();
  guest.say(5000);
  Visitor stranger;  // once he is gone, the guest has been looked at as well
  stranger.knock(door.port());
  EXPECT_TRUE(stranger.let_in());
  stranger.say(1001);
  EXPECT_TRUE(stranger.is_sent_away());
  door.hang_up(1);
  EXPECT_TRUE(guest.is_sent_away());
  EXPECT_EQ(1U, door.turned(Turned::kStranger));
}

TEST(Acceptor, ComingAndGoingAThousandTimesLeavesNoCountBehind) {
  Door door(limits(3, 3));
  door.open();
  for (int i = 0; i < 1000; ++i) {
    Visitor visitor;
    visitor.knock(door.port());
    ASSERT_TRUE(visitor.let_in()) << i;
    door.hang_up(1);
    visitor.vanish();  // leaves no port in TIME_WAIT
  }
}

TEST(Acceptor, ADescriptorUsedAgainIsNotTheOldConnection) {
  Door door(limits(1));
  door.open();
  EXPECT_TRUE(visit(door, "127.0.0.1"));
  door.hang_up(1);
  EXPECT_TRUE(visit(door, "127.0.0.2"));  // the same descriptor number
  EXPECT_TRUE(visit(door, "127.0.0.1"));
}

TEST(Acceptor, ThoseWhoVanishBeforeTheyAreAcceptedLeaveNoCountBehind) {
  Door door(limits(3));
  for (int i = 0; i < 10; ++i) {
    Visitor scanner;
    scanner.knock(door.port());
    scanner.vanish();
  }
  door.open();
  while (!visit(door, "127.0.0.2")) {
  }  // by now the scanners have been accepted
  door.hang_up(door.inside());
  std::vector<base::FileDescriptor> reused;  // their descriptors are now something else
  while (reused.size() < 20) reused.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(visit(door));
}

TEST(Acceptor, OverIPv6OneAddressIsOneNetworkAndAnIPv4AddressIsItself) {
  AcceptorOptions options = limits(1);
  options.listen = "[::]:0";
  Door door(options);
  if (!door.bound()) GTEST_SKIP() << "this machine has no IPv6";
  door.open();
  EXPECT_TRUE(visit(door, "127.0.0.1"));
  EXPECT_TRUE(visit(door, "127.0.0.2"));
  EXPECT_FALSE(visit(door, "127.0.0.1"));
}

TEST(Acceptor, OutOfDescriptorsItTurnsAwayAndThenAcceptsAgain) {
  Door door(limits(10));
  door.open();
  Visitor unlucky;
  {
    const base::FileDescriptor next(::dup(STDIN_FILENO));
    const FewDescriptors none(static_cast<rlim_t>(next.get()) + 1);
    std::vector<base::FileDescriptor> taken;
    do {
      taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    } while (taken.back().valid());
    unlucky.knock(door.port());
    EXPECT_FALSE(unlucky.let_in());
  }
  EXPECT_GE(door.turned(Turned::kNoDescriptors), 1U);
  while (!visit(door)) {
  }
}

/// One waits at a door that has not even the spare descriptor left.
class WithoutDescriptors : public ::testing::Test {
 protected:
  WithoutDescriptors() {
    door_.open();
    EXPECT_TRUE(visit(door_));
    Stderr log;
    none_.emplace(3);
    patient_.knock(door_.port());
    log.wait_for("caller=waits");
  }

  Door door_{limits(10)};
  Visitor patient_;
  std::optional<FewDescriptors> none_;
};

TEST_F(WithoutDescriptors, AnAcceptorWaitsAndThenAccepts) {
  none_.reset();
  EXPECT_TRUE(patient_.let_in());
  EXPECT_GE(door_.failed_accepts(), 1U);
  EXPECT_EQ(0U, door_.turned(Turned::kNoDescriptors));
}

TEST_F(WithoutDescriptors, AnAcceptorCanBeStopped) {
  door_.close();
  EXPECT_FALSE(patient_.let_in());
}

TEST(Acceptor, StoppingTwiceOrUnopenedIsHarmless) {
  Door never(limits(10));
  never.close();
  Door door(limits(10));
  door.open();
  door.close();
  door.close();
}

}  // namespace
}  // namespace comcat::server
