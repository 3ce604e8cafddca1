// What a server that means harm costs the client that calls it.

#include "support/hostile_server.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "comcat/wire/convert.h"

#include "absl/synchronization/notification.h"
#include "end_to_end/client_fixtures.h"
#include "support/http2.h"
#include "support/sanitizers.h"
#include "support/scripted_server.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::size_t kMebibyte = std::size_t{1} << 20;
constexpr std::size_t kFlood = 64 * kMebibyte;
constexpr long kMostKib = 64 * 1024;
/// A second, and what a busy machine adds.
constexpr Process::Timeout kSoon{3'000};

/// "VmRSS" or "VmHWM", the most there has been, of a process.
long memory_kib(const Process& process, const std::string& what) {
  std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what + ":")) return std::stol(line.substr(what.size() + 1));
  }
  return -1;
}

std::string welcome() {
  wire::Welcome out;
  out.session = 1;
  out.room = "lobby";
  out.members = {{.session = 1, .id = {}, .name = "an"}};
  out.features = wire::kFeatureVoiceBatch;
  return wire::encode_response(out);
}

/// Sent over and over again until so much has been sent, or as much as the client takes.
class Flood {
 public:
  /// From now on; what has not been sent within the patience is no longer waited for.
  void wait() {
    begins_.Notify();
    (void)over_.WaitForNotificationWithTimeout(absl::Seconds(3));
  }

  void run(const std::function<std::string()>& next,
           const std::function<bool(const std::string&)>& send) {
    (void)begins_.WaitForNotificationWithTimeout(absl::Seconds(20));
    std::size_t sent = 0;
    bool told = false;
    for (std::string bytes = next(); send(bytes); bytes = next()) {
      sent += bytes.size();
      if (sent >= kFlood && !told) over_.Notify();
      told = told || sent >= kFlood;
    }
    if (!told) over_.Notify();
  }

 private:
  absl::Notification begins_;  // the client is in the call
  absl::Notification over_;
};

class AHostileServer : public ClientTest {
 protected:
  /// A client in a call, whose output nobody reads further.
  void call(const std::string& host, const std::vector<std::string>& flags = {}) {
    std::vector<std::string> all{"--insecure", "--name=an"};
    all.insert(all.end(), flags.begin(), flags.end());
    client_.emplace(command(host, all));
    const bool json = std::find(flags.begin(), flags.end(), "--json") != flags.end();
    ASSERT_TRUE(client_->wait_for_line(Process::kOut, json ? "\"connected\"" : "connected to"));
    before_kib_ = memory_kib(*client_, "VmRSS");
  }
  void expect_little_memory() {
    if (!kAddressSanitized) {
      EXPECT_GT(before_kib_ + kMostKib, memory_kib(*client_, "VmHWM"));
    }
  }
  void expect_end_by_stop() {
    client_->write("stop\n");
    EXPECT_EQ(0, client_->wait_exit(kSoon));
  }

  std::optional<Process> client_;
  long before_kib_ = 0;
};

// ---- below the protocol

struct Frames {
  const char* name;
  std::string bytes;
};

std::string many(const std::string& frame, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += frame;
  return out;
}

class AHostileServerFloods : public AHostileServer, public ::testing::WithParamInterface<Frames> {};

TEST_P(AHostileServerFloods, AndTheClientStaysSmallAndLeavesAtOnce) {
  Flood flood;
  HostileServer server([&](HostileServer::Connection& connection) {
    if (!connection.answer(welcome())) return;
    flood.run([] { return GetParam().bytes; },
              [&](const std::string& bytes) { return connection.send(bytes); });
  });
  call(server.host());
  flood.wait();
  expect_little_memory();
  client_->write("stop\n");
  EXPECT_TRUE(client_->wait_exit(kSoon).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    OfFrames, AHostileServerFloods,
    ::testing::Values(Frames{"Data", many(frame(0, 0, 1, ""), 500)},
                      Frames{"Settings", many(frame(4, 0, 0, std::string("\0\4\0\1\0\0", 6)), 500)},
                      Frames{"Pings", many(frame(6, 0, 0, "12345678"), 500)},
                      Frames{"GoAways",
                             frame(7, 0, 0, "\x7F\xFF\xFF\xFF" + std::string(12'000, '\0'))},
                      Frames{"Windows", many(frame(8, 0, 0, std::string("\0\0\0\1", 4)), 500)},
                      Frames{"Trailers", frame(1, 0, 1, "\x40\1a\1b") +
                                             many(frame(9, 0, 1, std::string(8000, '\xBE')), 100)},
                      Frames{"Unknown", frame(200, 0, 0, std::string(16'000, 'x'))}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(AHostileServer, WhoseHeadersNeverEndIsGivenUp) {
  Flood flood;
  HostileServer server([&](HostileServer::Connection& connection) {
    if (!connection.send(frame(1, 0, 1, "\x40\1a\1b"))) return;
    flood.run([] { return frame(9, 0, 1, std::string(8000, '\xBE')); },
              [&](const std::string& bytes) { return connection.send(bytes); });
  });
  client_.emplace(command(server.host(), {"--insecure", "--name=an"}));
  flood.wait();
  if (!kAddressSanitized) {
    EXPECT_GT(32 * 1024 + kMostKib, memory_kib(*client_, "VmHWM"));
  }
  client_->signal(SIGINT);  // gRPC may have ended the call itself by now
  EXPECT_TRUE(client_->wait_exit(kSoon).has_value());
}

// ---- messages

struct Messages {
  const char* name;
  std::function<std::string(unsigned turn)> make;
};

wire::Member member(unsigned session) {
  return {.session = session, .id = {}, .name = std::string(100, 'x') + std::to_string(session)};
}

std::string roster(unsigned /*turn*/) {
  wire::Roster out{.room = "lobby", .members = {}};
  for (unsigned i = 1; i <= 6000; ++i) out.members.push_back(member(i));
  return wire::encode_response(wire::Event{out});
}

std::string joins(unsigned turn) {
  std::string out;
  for (unsigned i = 0; i < 1000; ++i) {
    out += wire::encode_response(wire::Event{wire::Joined{member(turn * 1000 + i)}});
  }
  return out;
}

std::string texts(unsigned /*turn*/) {
  std::string out;
  const wire::TextSaid said{.session = 1, .name = "an", .text = std::string(2000, 'x')};
  for (int i = 0; i < 400; ++i) out += wire::encode_response(wire::Event{said});
  return out;
}

std::string voices(unsigned turn) {
  std::string out;
  for (unsigned i = 0; i < 500; ++i) {
    out += wire::encode_voice({.speaker = i + 1,
                               .sequence = turn,
                               .timestamp = turn * 960,
                               .duration_samples = 960,
                               .level_dbov = 20,
                               .payload = "\x78" + std::string(1200, 'x')});
  }
  return out;
}

std::string notices(unsigned /*turn*/) {
  return wire::encode_response(wire::Outcome{.text = std::string(512, 'x'), .result = {}});
}

/// Each of two bytes, and hundreds once it is unpacked.
std::string empty_events(unsigned /*turn*/) {
  std::string out;
  const std::string one = wire::encode_response(wire::Event{wire::UnknownEvent{}});
  while (out.size() + one.size() <= 1'000'000) out += one;
  return out;
}

class AHostileServerSays : public AHostileServer, public ::testing::WithParamInterface<Messages> {
 protected:
  void run(const std::vector<std::string>& flags) {
    Flood flood;
    ScriptedServer server([&](ScriptedServer::Call& call) {
      if (!call.read() || !call.write(welcome())) return grpc::Status::OK;
      unsigned turn = 0;
      flood.run([&] { return GetParam().make(turn++); },
                [&](const std::string& bytes) { return call.write(bytes); });
      return grpc::Status::OK;
    });
    call("127.0.0.1:" + std::to_string(server.port()), flags);
    flood.wait();
    expect_little_memory();
    expect_end_by_stop();
    client_.reset();
  }
};

TEST_P(AHostileServerSays, AndTheClientWhoseOutputNobodyReadsStaysSmallAndLeavesAtOnce) {
  run({});
  run({"--json"});
}

INSTANTIATE_TEST_SUITE_P(WithoutEnd, AHostileServerSays,
                         ::testing::Values(Messages{"Rosters", roster}, Messages{"Joins", joins},
                                           Messages{"Texts", texts}, Messages{"Voices", voices},
                                           Messages{"Notices", notices},
                                           Messages{"EmptyEvents", empty_events}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(AHostileServer, ThatSendsTooLongAMessageIsToldAndNotTriedAgain) {
  ScriptedServer server([](ScriptedServer::Call& call) {
    if (call.read() && call.write(welcome()) && call.write(std::string(3 * kMebibyte, '\0'))) {
      call.wait_until_cancelled();
    }
    return grpc::Status::OK;
  });
  call("127.0.0.1:" + std::to_string(server.port()));
  expect_failure(*client_, 5, "sends more at once than a comcat server has to say; ask whoever");
  EXPECT_EQ(1, server.calls());
}

TEST_F(AHostileServer, ThatUnderstandsNothingIsLeftWithTheReasonItGave) {
  ScriptedServer server([](ScriptedServer::Call& call) {
    if (call.read()) call.write(welcome());
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                        "a \x1b[31mrequest that is no ClientREQ of calling.proto");
  });
  call("127.0.0.1:" + std::to_string(server.port()));
  expect_failure(*client_, 3,
                 "refused: a \xEF\xBF\xBD[31mrequest that is no ClientREQ of "
                 "calling.proto; use the same version of comcat on both ends");
  EXPECT_EQ(1, server.calls());
}

TEST_F(AHostileServer, DoesNotHoldCtrlCWhileNobodyReadsTheOutput) {
  Flood flood;
  ScriptedServer server([&](ScriptedServer::Call& call) {
    if (!call.read() || !call.write(welcome())) return grpc::Status::OK;
    flood.run([] { return roster(0); },
              [&](const std::string& bytes) { return call.write(bytes); });
    return grpc::Status::OK;
  });
  call("127.0.0.1:" + std::to_string(server.port()), {"--json"});
  flood.wait();
  client_->signal(SIGINT);
  EXPECT_EQ(0, client_->wait_exit(kSoon));
}

}  // namespace
}  // namespace comcat::testing
