// Callers with the passcode who use gRPC for all it lets them. A pair talks meanwhile.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "support/caller.h"
#include "support/http2.h"
#include "support/http_get.h"
#include "support/sanitizers.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kRoom = "elsewhere";
// On loopback a segment carries 64 KiB, of which so much is held back that its sender's kernel
// waits ever longer between its tries; a network's arrive whole.
constexpr int kEthernetSegment = 1448;
constexpr std::size_t kMostMemoryKib = 64UL * 1024;

std::size_t resident_kib(ServerProcess& server) {
  std::ifstream status("/proc/" + std::to_string(server.process().pid()) + "/status");
  for (std::string word; status >> word;) {
    std::size_t kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

std::string settings_and_their_acknowledgement() {
  return kPreface + frame(kSettings, 0, 0, "") + frame(kSettings, kAck, 0, "");
}

std::string hello(const std::string& name) {
  ClientREQ request;
  request.mutable_signal()->set_name(name);
  request.mutable_signal()->set_room(kRoom);
  return frame(kHeaders, kEndHeaders, 1, call_headers("/Calling/VoIP", "hunter2")) +
         frame(kData, 0, 1, grpc_message(request.SerializeAsString()));
}

/// What an attacker sends after its hello, again and again: `round` counts from 0.
using Attack = std::function<std::string(unsigned round)>;

std::string many(unsigned count, const std::function<std::string(unsigned)>& one) {
  std::string out;
  for (unsigned i = 0; i < count; ++i) out += one(i);
  return out;
}

/// Fifty streams, each with `headers` and `more`.
Attack streams(const std::string& headers, const std::function<std::string(unsigned)>& more) {
  return [=](unsigned round) {
    return many(50, [&](unsigned i) {
      const unsigned stream = 3 + 2 * (50 * round + i);
      return frame(kHeaders, kEndHeaders, stream, headers) + more(stream);
    });
  };
}

Attack repeated(const std::string& bytes) {
  return [=](unsigned /*round*/) { return many(200, [&](unsigned /*i*/) { return bytes; }); };
}

/// Comes in, then sends without end, and connects anew when its connection is ended. Once in, it
/// reads what it is sent where `reading`.
class Attacker {
 public:
  Attacker(int port, Attack attack, bool reading)
      : port_(port), attack_(std::move(attack)), reading_(reading) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  /// How many of its connections were ended, or not let in.
  [[nodiscard]] int ended() const { return ended_; }

 private:
  void run(const std::stop_token& stop) {
    for (unsigned visit = 0; !stop.stop_requested(); ++visit) {
      Connection connection(port_);
      const timeval soon{2, 0};
      setsockopt(connection.fd(), SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon));
      setsockopt(connection.fd(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
      connection.send(settings_and_their_acknowledgement() +
                      hello("mallory " + std::to_string(visit)));
      if (!is_welcomed(connection)) {
        ++ended_;
        continue;
      }
      for (unsigned round = 0; !stop.stop_requested(); ++round) {
        if (!connection.send(attack_(round))) {
          ++ended_;
          break;
        }
        std::array<char, 4096> answers{};
        while (reading_ &&
               ::recv(connection.fd(), answers.data(), answers.size(), MSG_DONTWAIT) > 0) {
        }
      }
    }
  }

  /// The welcome names the room.
  static bool is_welcomed(const Connection& connection) {
    std::string heard;
    std::array<char, 4096> buffer{};
    while (heard.find(kRoom) == std::string::npos) {
      const ssize_t got = ::recv(connection.fd(), buffer.data(), buffer.size(), 0);
      if (got <= 0) return false;
      heard.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return true;
  }

  const int port_;
  const Attack attack_;
  std::atomic<int> ended_{0};
  const bool reading_;
  std::jthread thread_;
};

/// Two who talk, frame by frame, and how late the later of them was heard.
class Pair {
 public:
  explicit Pair(const ServerProcess& server)
      : an_({.port = server.port()}), binh_({.port = server.port()}) {
    EXPECT_TRUE(an_.hello("an") && binh_.hello("binh"));
  }
  /// Says `frames`, each as soon as the one before was heard; how many were.
  int talk(int frames) {
    int heard = 0;
    for (int i = 0; i < frames; ++i) {
      const std::string chunk = "frame " + std::to_string(++sequence_);
      if (!an_.send_voice(chunk, sequence_)) break;
      const auto voice = binh_.wait_for_voice();
      if (voice && voice->voice().frames(0).chunk() == chunk) ++heard;
    }
    return heard;
  }

 private:
  Caller an_;
  Caller binh_;
  unsigned sequence_ = 0;
};

/// A server, and how many connections of callers it has cut.
class Watched {
 public:
  Watched() {
    const auto line = server.process().wait_for_line(Process::kErr, " metrics port=");
    EXPECT_TRUE(line);
    if (line) metrics_port_ = std::stoi(line->substr(line->rfind('=') + 1));
  }
  [[nodiscard]] int cut() const { return count("comcat_overdrawn_total"); }
  /// And how many were kept waiting for that.
  [[nodiscard]] int slowed() const { return count("comcat_slowed_total"); }

  ServerProcess server{{"--metrics=127.0.0.1:0"}};

 private:
  [[nodiscard]] int count(const std::string& metric) const {
    const std::string name = "\n" + metric + " ";
    const std::string metrics = http_get(metrics_port_, "/metrics");
    const std::size_t at = metrics.find(name);
    return at == std::string::npos ? -1 : std::atoi(metrics.c_str() + at + name.size());
  }

  int metrics_port_ = 0;
};

/// A server that three of one address attack, until each has lost a connection.
void withstands(const Attack& attack, bool reading = true) {
  ServerProcess server;
  Pair pair(server);
  const std::size_t before = resident_kib(server);
  std::size_t most = before;
  {
    std::vector<std::unique_ptr<Attacker>> attackers;
    for (int i = 0; i < 3; ++i) {
      attackers.push_back(std::make_unique<Attacker>(server.port(), attack, reading));
    }
    const auto deadline = Clock::now() + Caller::kPatience;
    const auto goes_on = [](const auto& attacker) { return attacker->ended() == 0; };
    while (std::ranges::any_of(attackers, goes_on) && Clock::now() < deadline) {
      ASSERT_EQ(5, pair.talk(5));
      most = std::max(most, resident_kib(server));
      std::ignore = server.process().wait_for_line(Process::kErr, " connection_cut ",
                                                   std::chrono::milliseconds(50));
    }
    EXPECT_TRUE(std::ranges::none_of(attackers, goes_on));
  }
  EXPECT_EQ(5, pair.talk(5));
  if (!kAddressSanitized) {
    EXPECT_LE(most, before + kMostMemoryKib);
  }
  EXPECT_EQ(0, server.stop());
}

TEST(Budget, StreamsThatAreResetAsTheyBegin) {
  withstands(streams(call_headers("/Calling/VoIP", "hunter2"), [](unsigned stream) {
    return frame(kRstStream, 0, stream, std::string("\0\0\0\x08", 4));
  }));
}

TEST(Budget, StreamsThatAreNeverEnded) {
  withstands(streams(call_headers("/Calling/VoIP", "hunter2"),
                     [](unsigned /*stream*/) { return std::string(); }));
}

TEST(Budget, WrongPasscodesBesideTheRightOne) {
  withstands(streams(call_headers("/Calling/VoIP", "wrong"),
                     [](unsigned /*stream*/) { return std::string(); }));
}

TEST(Budget, ChecksAndWatches) {
  for (const char* const method : {"Check", "Watch"}) {
    withstands(streams(call_headers("/grpc.health.v1.Health/" + std::string(method), ""),
                       [](unsigned stream) { return frame(kData, 1, stream, grpc_message("")); }));
  }
}

TEST(Budget, HeadersThatReferToOneOfTheirsWithoutEnd) {
  withstands([](unsigned round) {
    const std::string kept = "\x40" + header("x-kept", "a value").substr(1);
    const std::string start = round > 0 ? "" : frame(kHeaders, 0, 3, kept);
    return start + frame(kContinuation, 0, 3, std::string(1000, '\xbe'));
  });
}

TEST(Budget, PingsWhetherTheirAnswersAreReadOrNot) {
  withstands(repeated(frame(kPing, 0, 0, "12345678")));
  withstands(repeated(frame(kPing, 0, 0, "12345678")), /*reading=*/false);
}

TEST(Budget, WhatNeedsNoAnswer) {
  withstands(repeated(frame(kWindowUpdate, 0, 1, std::string("\0\0\0\x01", 4))));
  withstands(repeated(frame(kPriority, 0, 1, std::string("\0\0\0\0\x10", 5))));
  withstands(repeated(frame(kSettings, 0, 0, "")));
  withstands(repeated(frame(kData, 0, 1, "")));
}

TEST(Budget, OthersSeeThatTheServerEndedWhoSentAMessageTooLargeToTake) {
  ServerProcess server;
  Caller an({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  for (const std::size_t bytes : {300'000U, 3'000'000U}) {
    SCOPED_TRACE(bytes);
    Caller big({.port = server.port(), .segment_bytes = kEthernetSegment});
    ASSERT_TRUE(big.hello("big"));
    big.send_raw(std::string(bytes, '\0'));
    const auto left = an.wait_for([](const ServerRES& r) { return event_of(r).has_left(); });
    ASSERT_TRUE(left);
    EXPECT_EQ(Left::CLOSED, event_of(*left).left().reason());
    EXPECT_TRUE(server.logs("connection_cut address=127.0.0.1 why=\"it sent much"));
  }
}

TEST(Budget, WhereSomebodyWasCutTheNextComeInOneByOne) {
  Watched watched;
  ServerProcess& server = watched.server;
  {
    const Attacker attacker(server.port(), repeated(frame(kSettings, 0, 0, "")), /*reading=*/true);
    EXPECT_TRUE(server.process().wait_for_line(Process::kErr, " address_slowed address=127.0.0.1"));
  }
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  EXPECT_TRUE(an.hello("an") && binh.hello("binh"));
  EXPECT_GE(watched.slowed(), 1);
}

TEST(Budget, NobodyIsCutWhoseVoiceComesInBurstsAfterOutages) {
  Watched watched;
  ServerProcess& server = watched.server;
  Caller an({.port = server.port()});
  Caller binh({.port = server.port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  unsigned sequence = 0;
  for (int outage = 0; outage < 3; ++outage) {
    // Three seconds of voice at once: so much that it is slowed down, and at first heard by nobody.
    for (int i = 0; i < 150; ++i) ASSERT_TRUE(an.send_voice(std::string(160, 'v'), ++sequence));
    const auto deadline = Clock::now() + Caller::kPatience;
    bool heard = false;
    while (!heard && Clock::now() < deadline) {
      const std::string chunk = "after outage " + std::to_string(++sequence);
      ASSERT_TRUE(an.send_voice(chunk, sequence));
      heard = binh.wait_for(
                      [&](const ServerRES& response) {
                        return response.has_voice() && response.voice().frames(0).chunk() == chunk;
                      },
                      std::chrono::milliseconds(100))
                  .has_value();
    }
    ASSERT_TRUE(heard);
  }
  EXPECT_EQ(0, watched.cut());
}

}  // namespace
}  // namespace comcat::testing
