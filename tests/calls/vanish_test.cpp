// A network that takes every packet and says nothing: no FIN, no RST, as when a laptop is closed, a
// cable is pulled or a NAT forgets.

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/client_process.h"
#include "support/namespace.h"
#include "support/server_process.h"
#include "support/signal.h"
#include "support/speech.h"
#include "support/wall_clock.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* kServer = "192.0.2.1";  // TEST-NET-1, between the two namespaces
constexpr const char* kClient = "192.0.2.2";
// Keepalive asks after 5 s and waits 5 s, others are told 3 s later; the rest is for a slow
// machine.
constexpr Process::Timeout kNoticed = 13s + 12s;
// The kernel asks after 15 s, and again after 5 s.
constexpr Process::Timeout kProbed = 20s + 15s;
// After it the kernel waits for no acknowledgement of a silent caller, whose lack it would notice.
constexpr Process::Timeout kAcknowledged = 1s;
constexpr double kHeard = -30;  // dBFS of a tone that is sent at -6
constexpr std::size_t kTenth = 4'800;

/// Two machines and the wire between them.
class Wire {
 public:
  [[nodiscard]] static std::unique_ptr<Wire> make() {
    std::unique_ptr<Wire> wire(new Wire);
    const bool made = wire->server_ && wire->client_ && wire->connect() && wire->block("-F");
    return made ? std::move(wire) : nullptr;
  }
  [[nodiscard]] Process::Options server_side() const { return server_->inside(); }
  [[nodiscard]] Process::Options client_side() const { return client_->inside(); }

  /// All packets both ways are dropped from here on.
  [[nodiscard]] bool cut() const {
    return block("-A", "INPUT", "-j", "DROP") && block("-A", "OUTPUT", "-j", "DROP");
  }
  [[nodiscard]] bool mend() const { return block("-F"); }

 private:
  template <typename... Words>
  [[nodiscard]] bool block(Words... words) const {
    return client_->run({"/usr/sbin/iptables", "-w", words...});
  }
  [[nodiscard]] bool connect() const {
    const char* const ip = "/usr/sbin/ip";
    return server_->run({ip, "link", "add", "there", "type", "veth", "peer", "name", "here",
                         "netns", client_->pid()}) &&
           server_->run({ip, "address", "add", std::string(kServer) + "/24", "dev", "there"}) &&
           client_->run({ip, "address", "add", std::string(kClient) + "/24", "dev", "here"}) &&
           server_->run({ip, "link", "set", "there", "up"}) &&
           client_->run({ip, "link", "set", "here", "up"});
  }

  std::unique_ptr<Namespace> server_ = Namespace::make(Namespace::Kind::kNetwork);
  std::unique_ptr<Namespace> client_ = Namespace::make(Namespace::Kind::kNetwork);
};

/// Whether `hertz` stands in every tenth of a second of `heard` from its first to its last.
bool without_a_gap(const Samples& heard, double hertz) {
  std::vector<bool> tenths;
  for (std::size_t at = 0; at + kTenth <= heard.size(); at += kTenth) {
    tenths.push_back(tone_dbfs(std::span(heard).subspan(at, kTenth), hertz) > kHeard);
  }
  const auto first = std::find(tenths.begin(), tenths.end(), true);
  const auto last = std::find(tenths.rbegin(), tenths.rend(), true).base();
  return last - first > 50 && std::find(first, last, false) == last;
}

TEST(Vanish, ACallerWithoutAFarewellIsMissedAndComesBackByItself) {
  const std::unique_ptr<Wire> wire = Wire::make();
  COMCAT_NEEDS_NAMESPACES(wire);
  ServerProcess server({"--listen=0.0.0.0:0", "--max_clients=4"}, false, wire->server_side());
  const TemporaryDirectory directory;
  const std::string recording = directory.path() + "/heard.wav";
  const std::string host = std::string(kServer) + ":" + std::to_string(server.port());
  ClientProcess chi(server, "chi", {"--input=tone:440", "--output=null"}, wire->server_side());
  ClientProcess binh(server, "binh", {"--input=null", "--output=file:" + recording},
                     wire->server_side());
  ASSERT_TRUE(chi.prints("type help") && binh.prints("type help"));
  ClientProcess an(server, "an", {"--host=" + host, "--input=tone:1000", "--output=null"},
                   wire->client_side());
  // To her nobody speaks and she is silent: nothing but keepalive can miss her.
  ClientProcess dung(server, "dung",
                     {"--host=" + host, "--room=cellar", "--input=null", "--output=null"},
                     wire->client_side());
  ASSERT_TRUE(an.prints("type help") && dung.prints("type help"));
  ASSERT_TRUE(binh.prints("an joined"));
  ASSERT_FALSE(dung.process().wait_exit(kAcknowledged));

  ASSERT_TRUE(wire->cut());
  EXPECT_TRUE(binh.process().wait_for_line(Process::kOut, "an is away", kNoticed));
  EXPECT_TRUE(server.process().wait_for_line(Process::kErr, " away name=dung ", kNoticed));
  EXPECT_TRUE(an.process().wait_for_line(Process::kOut, "connecting again", kNoticed));
  EXPECT_TRUE(dung.process().wait_for_line(Process::kOut, "connecting again", kNoticed));
  // All four places were taken.
  ClientProcess em(server, "em", {"--input=null", "--output=null"}, wire->server_side());
  EXPECT_TRUE(em.prints("type help")) << em.process().output(Process::kErr);
  EXPECT_EQ(0, em.stop());

  ASSERT_TRUE(wire->mend());
  EXPECT_TRUE(an.process().wait_for_line(Process::kOut, "connected again", kNoticed));
  EXPECT_TRUE(dung.process().wait_for_line(Process::kOut, "connected again", kNoticed));
  EXPECT_TRUE(binh.prints("an is back"));

  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(0, dung.stop());
  EXPECT_EQ(0, binh.stop());
  EXPECT_EQ(0, chi.stop());
  EXPECT_EQ(0, server.stop());
  EXPECT_TRUE(without_a_gap(read_file(recording), 440)) << "binh heard chi all the while";
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST(Vanish, InAnOutageOfSecondsOneIsAwayAndBackAndNoTextIsLostOrDoubled) {
  const std::unique_ptr<Wire> wire = Wire::make();
  COMCAT_NEEDS_NAMESPACES(wire);
  ServerProcess server({"--listen=0.0.0.0:0"}, false, wire->server_side());
  const std::string host = std::string(kServer) + ":" + std::to_string(server.port());
  ClientProcess chi(server, "chi", {"--input=tone:440", "--output=null"}, wire->server_side());
  ASSERT_TRUE(chi.prints("type help"));
  ClientProcess an(server, "an", {"--host=" + host, "--input=tone:1000", "--output=null"},
                   wire->client_side());
  ASSERT_TRUE(an.prints("type help") && chi.prints("an joined"));
  an.type("mute");
  ASSERT_TRUE(chi.prints("an muted"));
  chi.type("say before");
  ASSERT_TRUE(an.prints("<chi> before"));

  ASSERT_TRUE(wire->cut());
  for (int i = 1; i <= 5; ++i) chi.type("say meanwhile " + std::to_string(i) + ".");
  ASSERT_TRUE(chi.prints("<chi> meanwhile 5."));
  EXPECT_TRUE(chi.process().wait_for_line(Process::kOut, "an is away", kNoticed));
  ASSERT_TRUE(wire->mend());
  EXPECT_TRUE(an.process().wait_for_line(Process::kOut, "connected again", kNoticed));
  EXPECT_TRUE(chi.prints("an is back"));
  chi.type("say after");
  ASSERT_TRUE(an.prints("<chi> after"));
  chi.type("who");
  EXPECT_TRUE(chi.prints("an (muted)"));
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(0, chi.stop());

  const std::string& seen = an.process().output(Process::kOut);
  EXPECT_EQ(1U, count(seen, "connecting again")) << seen;
  EXPECT_EQ(1U, count(seen, "connected again")) << seen;
  EXPECT_EQ(1U, count(seen, "<chi> before")) << seen;
  for (int i = 1; i <= 5; ++i) {
    EXPECT_EQ(1U, count(seen, "<chi> meanwhile " + std::to_string(i) + ".")) << seen;
  }
  EXPECT_EQ(1U, count(seen, "<chi> after")) << seen;
  const std::string& told = chi.process().output(Process::kOut);
  EXPECT_EQ(1U, count(told, "an joined")) << told;
  EXPECT_EQ(1U, count(told, "an is away")) << told;
  EXPECT_EQ(1U, count(told, "an is back")) << told;
  EXPECT_EQ(0U, count(told, "connection lost")) << told;
}

TEST(Vanish, IsNoticedThoughTheServersWallClockWasSet) {
  COMCAT_NEEDS_WALL_CLOCK();
  const std::unique_ptr<Wire> wire = Wire::make();
  COMCAT_NEEDS_NAMESPACES(wire);
  const WallClock clock;
  Process::Options there = wire->server_side();
  there.environment = clock.options().environment;
  ServerProcess server({"--listen=0.0.0.0:0", "--max_clients=1"}, false, there);
  ClientProcess dung(server, "dung",
                     {"--host=" + std::string(kServer) + ":" + std::to_string(server.port()),
                      "--input=null", "--output=null"},
                     wire->client_side());
  ASSERT_TRUE(dung.prints("type help"));
  ASSERT_FALSE(dung.process().wait_exit(kAcknowledged));

  clock.jump("+1d");  // gRPC's timers, its keepalive among them, are a day late from here on
  ASSERT_TRUE(wire->cut());
  EXPECT_TRUE(server.process().wait_for_line(Process::kErr, " away name=dung ", kProbed));
  ClientProcess em(server, "em", {"--input=null", "--output=null"}, wire->server_side());
  EXPECT_TRUE(em.prints("type help")) << em.process().output(Process::kErr);
  EXPECT_EQ(0, em.stop());
  EXPECT_EQ(0, server.stop());
}

}  // namespace
}  // namespace comcat::testing
