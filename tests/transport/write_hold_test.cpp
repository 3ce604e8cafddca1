// WriteHold against a peer that speaks just enough HTTP/2 to be answered: every PING is answered by
// gRPC of its own accord, as every message is.

#include "comcat/transport/write_hold.h"

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace comcat::transport {
namespace {

using namespace std::literals;

const std::string kSettings = "\0\0\0\4\0\0\0\0\0"s;
const std::string kSettingsAnswer = "\0\0\0\4\1\0\0\0\0"s;
const std::string kPing = "\0\0\10\6\0\0\0\0\0abcdefgh"s;
const std::string kPingAnswer = "\0\0\10\6\1\0\0\0\0abcdefgh"s;

/// One listening socket and the one connection that it accepts.
class Peer {
 public:
  Peer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(0, bind(listener_, raw, size));
    EXPECT_EQ(0, listen(listener_, 1));
    EXPECT_EQ(0, getsockname(listener_, raw, &size));
    port_ = ntohs(address.sin_port);
  }
  ~Peer() {
    close(connection_);
    close(listener_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  [[nodiscard]] int port() const { return port_; }

  void accept_and_greet() {
    connection_ = accept(listener_, nullptr, nullptr);
    send(kSettings);
    ASSERT_TRUE(hears(kSettingsAnswer, 20s));
  }

  void send(const std::string& frame) const {
    EXPECT_EQ(static_cast<ssize_t>(frame.size()), write(connection_, frame.data(), frame.size()));
  }

  /// True once `frame` has come, and forgets what came up to there.
  [[nodiscard]] bool hears(const std::string& frame, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
      if (const std::size_t at = heard_.find(frame); at != std::string::npos) {
        heard_.erase(0, at + frame.size());
        return true;
      }
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd readable{connection_, POLLIN, 0};
      if (left <= 0ms || poll(&readable, 1, static_cast<int>(left.count())) <= 0) return false;
      std::array<char, 4096> buffer{};
      const ssize_t count = read(connection_, buffer.data(), buffer.size());
      if (count <= 0) return false;
      heard_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int listener_ = -1;
  int connection_ = -1;
  int port_ = 0;
  std::string heard_;
};

/// A channel to the peer, and the thread that lets gRPC work for it.
class AHeldConnection : public ::testing::Test {
 protected:
  AHeldConnection() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    hold_.attach(arguments);
    channel_ = grpc::CreateCustomChannel("ipv4:127.0.0.1:" + std::to_string(peer_.port()),
                                         grpc::InsecureChannelCredentials(), arguments);
    watch(channel_->GetState(true));
    thread_ = std::thread([this] { run(); });
    peer_.accept_and_greet();
  }
  ~AHeldConnection() override {
    stopping_ = true;
    thread_.join();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) continue;
  }

  /// Whether the answer to a ping stays here through `before` and leaves with `then`, once a
  /// message has been read. The kernel lets go after 200 ms by itself: on a machine that is very
  /// busy now, tries again.
  bool is_kept_until(const std::function<void()>& before, const std::function<void()>& then) {
    for (int attempt = 0; attempt < 10; ++attempt) {
      read(1);
      hold_.flush(base::steady_now());
      peer_.send(kPing);
      before();
      const bool kept = !peer_.hears(kPingAnswer, 60ms);
      then();
      const bool left = peer_.hears(kPingAnswer, 60ms);
      if (kept && left) return true;
      if (kept && !peer_.hears(kPingAnswer, 20s)) return false;
    }
    return false;
  }

  void read(std::size_t bytes) { hold_.received(bytes, base::steady_now()); }

  void watch(grpc_connectivity_state state) {
    channel_->NotifyOnStateChange(state, std::chrono::system_clock::now() + 50ms, &queue_, this);
  }
  void run() {
    void* tag = nullptr;
    bool ok = false;
    while (!stopping_ && queue_.Next(&tag, &ok)) watch(channel_->GetState(true));
  }

  Peer peer_;
  WriteHold hold_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::CompletionQueue queue_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

TEST_F(AHeldConnection, AnswersAtOnceBeforeAMessageHasBeenRead) {
  peer_.send(kPing);
  EXPECT_TRUE(peer_.hears(kPingAnswer, 20s));
  EXPECT_EQ(base::Time::max(), hold_.next_deadline());
}

TEST_F(AHeldConnection, KeepsItsAnswerUntilAFlush) {
  EXPECT_TRUE(is_kept_until([] {}, [this] { hold_.flush(base::steady_now()); }));
}

TEST_F(AHeldConnection, AnswersBeforeTheWindowIsUsedUp) {
  EXPECT_TRUE(is_kept_until([this] { read(WriteHold::kWindowBytes / 4); }, [this] { read(1); }));
}

TEST_F(AHeldConnection, LetsGoAtTheFirstMessageAfterAFifthOfASecond) {
  EXPECT_TRUE(is_kept_until(
      [] {}, [this] { hold_.received(1, base::steady_now() + std::chrono::milliseconds(200)); }));
}

TEST_F(AHeldConnection, WhereNoMessageComesLetsGoAndHoldsNothingAnyMore) {
  EXPECT_TRUE(is_kept_until([] {}, [this] { hold_.step(hold_.next_deadline()); }));
  EXPECT_EQ(base::Time::max(), hold_.next_deadline());
  bool at_once = false;  // sooner than the kernel would let go; tries again where it is busy
  for (int attempt = 0; attempt < 10; ++attempt) {
    peer_.send(kPing);
    at_once = peer_.hears(kPingAnswer, 100ms);
    if (at_once) break;
    ASSERT_TRUE(peer_.hears(kPingAnswer, 20s));
  }
  EXPECT_TRUE(at_once);
}

TEST(WriteHold, WithoutAConnectionHasNothingToHold) {
  WriteHold hold;
  const base::Time now{};
  hold.received(1, now);
  hold.flush(now);
  hold.step(hold.next_deadline());
  EXPECT_EQ(base::Duration::zero(), hold.backlog().unsent);
  EXPECT_EQ(base::Duration::zero(), hold.backlog().on_the_way);
}

TEST_F(AHeldConnection, WhoseAnswersAreHeldHasNothingUnsent) {
  EXPECT_TRUE(is_kept_until([this] { EXPECT_EQ(base::Duration::zero(), hold_.backlog().unsent); },
                            [this] { hold_.flush(base::steady_now()); }));
}

}  // namespace
}  // namespace comcat::transport
