// What goes wrong around a server: garbage on its port, no descriptors, ghosts, a full disk.

#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/http2.h"
#include "support/http_get.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

/// Two in a call, over which everything else is to have no power.
struct Call {
  explicit Call(const ServerProcess& server)
      : an({.port = server.port()}), binh({.port = server.port()}) {
    EXPECT_TRUE(an.hello("an") && binh.hello("binh"));
  }
  [[nodiscard]] bool goes_on() {
    const std::string chunk = "frame " + std::to_string(++sequence);
    if (!an.send_voice(chunk, sequence)) return false;
    const auto heard = binh.wait_for_voice();
    return heard && heard->voice().frames(0).chunk() == chunk;
  }
  Caller an;
  Caller binh;
  unsigned sequence = 0;
};

/// Whether somebody comes in sooner or later.
bool comes_in(int port) {
  const auto deadline = std::chrono::steady_clock::now() + Caller::kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    Caller guest({.port = port});
    if (guest.hello("guest")) return true;
  }
  return false;
}

int metrics_port_of(ServerProcess& server) {
  const auto line = server.process().wait_for_line(Process::kErr, " metrics port=");
  return line ? std::stoi(line->substr(line->rfind('=') + 1)) : 0;
}

/// What /metrics says of connections that were closed for `reason`; -1 where it says nothing.
int refused_connections(int metrics_port, const std::string& reason) {
  const std::string metric = "comcat_connections_refused_total{reason=\"" + reason + "\"} ";
  const std::string metrics = http_get(metrics_port, "/metrics");
  const std::size_t at = metrics.find(metric);
  return at == std::string::npos ? -1 : std::atoi(metrics.c_str() + at + metric.size());
}

TEST(Fault, RandomBytesAreShrugged) {
  ServerProcess server;
  Call call(server);
  std::mt19937 random(7);
  for (int i = 0; i < 50; ++i) {
    std::string bytes(1 + random() % 4096, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    std::ignore = answer_to(server.port(), bytes, 20);
    std::ignore = answer_to(server.port(), kPreface + bytes, 20);
  }
  EXPECT_TRUE(call.goes_on());
  EXPECT_EQ(0, server.stop());
}

TEST(Fault, Http1IsShrugged) {
  ServerProcess server;
  Call call(server);
  std::ignore = answer_to(server.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 100);
  EXPECT_TRUE(call.goes_on());
}

TEST(Fault, TruncatedTlsIsShrugged) {
  ServerProcess server({}, /*tls=*/true);
  const std::string client_hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  for (int i = 0; i < 20; ++i) std::ignore = answer_to(server.port(), client_hello, 10);
  std::vector<std::unique_ptr<Connection>> half_open;
  for (int i = 0; i < 50; ++i) {
    half_open.push_back(std::make_unique<Connection>(server.port()));
    half_open.back()->send(client_hello);
  }
  EXPECT_EQ(0, server.stop());
}

TEST(Fault, ASettingsFloodDelaysNobody) {
  ServerProcess server;
  Call call(server);
  std::string flood = kPreface;
  for (int i = 0; i < 20'000; ++i) flood += frame(4, 0, 0, "");
  Connection flooder(server.port());
  flooder.send(flood);
  EXPECT_TRUE(call.goes_on());
  EXPECT_EQ(0, server.stop());
}

TEST(Fault, StreamsThatAreResetAsSoonAsTheyBeginHoldNoSlot) {
  // CVE-2023-44487, by one who has the passcode.
  ServerProcess server({"--max_clients=3"});
  Call call(server);
  const std::string headers = call_headers("/Calling/VoIP", "hunter2");
  const auto stream = [&](unsigned number) {
    return frame(1, 4, number, headers) + frame(3, 0, number, std::string("\0\0\0\x08", 4));
  };
  Connection attacker(server.port());
  attacker.send(kPreface + frame(4, 0, 0, "") + stream(1));
  for (const char* who : {"an", "binh", "the attacker"}) {
    EXPECT_TRUE(server.logs("admitted")) << who << " may send as much as he likes now";
  }
  std::string attack;
  for (unsigned number = 3; number < 20'000; number += 2) attack += stream(number);
  attacker.send(attack);
  EXPECT_TRUE(call.goes_on());
  EXPECT_TRUE(comes_in(server.port()));
  EXPECT_TRUE(call.goes_on());
  EXPECT_EQ(0, server.stop());
}

TEST(Fault, SlowlorisHoldsNoSlot) {
  ServerProcess server({"--max_clients=2"});
  std::vector<std::unique_ptr<Connection>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<Connection>(server.port()));
    slow.back()->send(std::string(kPreface).substr(0, 1 + i % 20));
  }
  Call call(server);
  EXPECT_TRUE(call.goes_on());
}

TEST(Fault, AStrangerWhoSendsMuchIsCut) {
  ServerProcess server;
  Call call(server);
  // A literal header whose value never ends, spread over CONTINUATION frames.
  std::string start(
      "\x00\x01"
      "a\x7f\xff\xff\xff\x7f",
      8);
  std::string attack = kPreface + frame(4, 0, 0, "") + frame(1, 0, 1, start);
  for (int i = 0; i < 64; ++i) attack += frame(9, 0, 1, std::string(16'000, 'x'));
  Connection attacker(server.port());
  attacker.send(attack);
  EXPECT_TRUE(server.logs("connection_cut"));
  EXPECT_TRUE(call.goes_on());
  EXPECT_EQ(0, server.stop());
}

TEST(Fault, OutOfDescriptorsTurnsCallersAwayAndRecovers) {
  Process::Options options;
  options.max_files = 60;
  ServerProcess server({"--metrics=127.0.0.1:0"}, /*tls=*/false, options);
  const int metrics_port = metrics_port_of(server);
  {
    std::vector<std::unique_ptr<Connection>> crowd;
    for (int i = 0; i < 120; ++i) crowd.push_back(std::make_unique<Connection>(server.port()));
    EXPECT_TRUE(server.logs("out_of_file_descriptors"));
  }
  // The crowd has gone; the next caller comes in.
  EXPECT_TRUE(comes_in(server.port()));
  EXPECT_GT(refused_connections(metrics_port, "no_descriptors"), 0);
}

TEST(Fault, ALogThatNobodyReadsStopsNoCall) {
  Process::Options options;
  options.pipe_bytes = 4096;
  ServerProcess server({}, /*tls=*/false, options);
  Call call(server);
  for (int i = 0; i < 15; ++i) {  // each is several lines, which nothing reads
    Caller passer_by({.port = server.port()});
    ASSERT_TRUE(passer_by.hello("passer-by " + std::to_string(i), "another room"));
    passer_by.stop_sending();
    EXPECT_TRUE(passer_by.status().ok());
  }
  EXPECT_TRUE(call.goes_on());
  // Now somebody reads: the one line that found room, the warning of the passcode or a later one.
  EXPECT_TRUE(server.logs(" "));
  Caller last({.port = server.port()});
  ASSERT_TRUE(last.hello("last"));
  EXPECT_TRUE(server.logs(" lost="));
  EXPECT_EQ(0, server.stop());
}

TEST(Fault, TooManyConnectionsFromOneAddressAreRefused) {
  ServerProcess server({"--max_connections_per_address=10", "--metrics=127.0.0.1:0"});
  const int metrics_port = metrics_port_of(server);
  std::vector<std::unique_ptr<Connection>> crowd;
  for (int i = 0; i < 20; ++i) crowd.push_back(std::make_unique<Connection>(server.port()));
  EXPECT_TRUE(server.logs("connection_refused"));
  EXPECT_GT(refused_connections(metrics_port, "address_limit"), 0);
  crowd.clear();
  EXPECT_TRUE(comes_in(server.port())) << "the closed ones do not count";
}

TEST(Fault, AFullDiskForTheCertificateIsOneSentence) {
  Process server({program("comcat-server"), "--passcode=hunter2", "--listen=127.0.0.1:0",
                  "--state_dir=/dev/full/comcat"});
  EXPECT_TRUE(server.wait_for_line(Process::kErr, "choose another place with --state_dir"));
  EXPECT_EQ(2, server.wait_exit());
}

TEST(Fault, ThePortIsTakenIsOneSentence) {
  ServerProcess first;
  const TemporaryDirectory state;
  Process second({program("comcat-server"), "--open", "--insecure", "--listen=" + first.host(),
                  "--state_dir=" + state.path()});
  EXPECT_TRUE(second.wait_for_line(Process::kErr, "Address already in use"));
  EXPECT_EQ(2, second.wait_exit());
}

}  // namespace
}  // namespace comcat::testing
