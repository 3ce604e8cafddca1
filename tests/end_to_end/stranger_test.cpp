// Many strangers who know no passcode, and do to a server of defaults what they can: what they cost
// is bounded, whatever it is. COMCAT_MOB_SECONDS=20 makes each attack as long as that.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "comcat/base/event.h"

#include "support/caller.h"
#include "support/http2.h"
#include "support/mob.h"
#include "support/sanitizers.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxGrowthMb = 128;
constexpr std::size_t kMaxLeftMb = 32;

std::chrono::seconds length_of_attacks() {
  const char* const asked = std::getenv("COMCAT_MOB_SECONDS");
  return std::chrono::seconds(asked == nullptr ? 3 : std::max(1, std::atoi(asked)));
}

std::size_t resident_mb(pid_t pid) {
  std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
  std::size_t size_pages = 0;
  std::size_t resident_pages = 0;
  statm >> size_pages >> resident_pages;
  return resident_pages * 4096 / (1024 * 1024);
}

/// Two in a call over TLS: one says something each 20 ms, and the other hears it.
class Pair {
 public:
  explicit Pair(int port) : an_({.port = port, .tls = true}), binh_({.port = port, .tls = true}) {
    EXPECT_TRUE(an_.hello("an") && binh_.hello("binh"));
    speaker_ = std::jthread([this] { speak(); });
    listener_ = std::jthread([this] { listen(); });
  }
  ~Pair() { over_.set(); }

  struct Heard {
    std::size_t said = 0;
    std::size_t heard = 0;
    double p99_ms = 0;
  };
  /// Ends the call.
  [[nodiscard]] Heard result() {
    over_.set();
    speaker_.join();
    an_.stop_sending();
    listener_.join();
    std::ranges::sort(delays_);
    const double p99 = delays_.empty() ? 0 : delays_[delays_.size() * 99 / 100].count();
    return {said_, delays_.size(), p99};
  }

 private:
  using Milliseconds = std::chrono::duration<double, std::milli>;

  void speak() {
    auto next = Clock::now();
    while (!over_.wait_for(next - Clock::now())) {
      next += 20ms;
      const std::string now = std::to_string(Clock::now().time_since_epoch().count());
      if (an_.send_voice(now, static_cast<unsigned>(said_ + 1))) ++said_;
    }
  }
  void listen() {
    const auto is_voice = [](const ServerRES& r) { return r.has_voice(); };
    for (bool more = true; more;) {
      const bool over = over_.is_set();
      const auto response = binh_.wait_for(is_voice, 500ms);
      const auto now = Clock::now();
      if (response) {
        for (const auto& frame : response->voice().frames()) {
          const Clock::time_point said{Clock::duration(std::stoll(frame.chunk()))};
          delays_.push_back(now - said);
        }
      }
      more = response || !over;
    }
  }

  Caller an_;
  Caller binh_;
  base::Event over_;
  std::atomic<std::size_t> said_ = 0;
  std::vector<Milliseconds> delays_;
  std::jthread speaker_;
  std::jthread listener_;
};

/// How long it takes somebody who knows the passcode to come in.
std::chrono::milliseconds time_to_come_in(int port) {
  const auto began = Clock::now();
  while (Clock::now() - began < Caller::kPatience) {
    Caller guest({.port = port, .tls = true});
    if (guest.hello("guest", "", 1, 5s)) break;
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
}

/// A server of defaults over TLS under `attack`, with a call inside and guests who come.
void endure(Mob::Options attack) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < attack.strangers + 200) GTEST_SKIP() << "too few files may be open here";
  ServerProcess server({}, /*tls=*/true);
  const pid_t pid = server.process().pid();
  Pair pair(server.port());
  std::ignore = time_to_come_in(server.port());  // what everybody needs once is there
  const std::size_t before = resident_mb(pid);
  std::size_t most = before;
  std::chrono::milliseconds slowest{0};
  attack.port = server.port();
  std::string summary;
  {
    const Mob mob(attack);
    const auto end = Clock::now() + length_of_attacks();
    std::jthread watch([&](const std::stop_token& stop) {
      const base::Event never;
      while (!stop.stop_requested()) {
        most = std::max(most, resident_mb(pid));
        std::ignore = never.wait_for(10ms);
      }
    });
    while (Clock::now() < end) slowest = std::max(slowest, time_to_come_in(server.port()));
    watch.request_stop();
    watch.join();
    summary = std::to_string(mob.connections()) + " connections, " + std::to_string(mob.bytes()) +
              " bytes; ";
  }
  const auto over = Clock::now();
  const base::Event never;
  while (!kAddressSanitized && resident_mb(pid) > before + kMaxLeftMb &&
         Clock::now() - over < 10s) {
    std::ignore = never.wait_for(50ms);
  }
  const std::size_t after = resident_mb(pid);
  const auto fell = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - over);
  const Pair::Heard heard = pair.result();
  std::cout << summary << before << " MB, at most " << most << ", " << after << " after "
            << fell.count() << " ms; slowest guest " << slowest.count() << " ms; heard "
            << heard.heard << " of " << heard.said << ", p99 " << heard.p99_ms << " ms\n";
  if (!kAddressSanitized) {
    EXPECT_LE(most, before + kMaxGrowthMb);
    EXPECT_LE(after, before + kMaxLeftMb);
  }
  // On a busy machine these say little of the server; the figures of an idle one are printed.
  EXPECT_LT(slowest, 10s);
  EXPECT_GE(heard.heard, heard.said * 9 / 10);
  EXPECT_EQ(0, server.stop());
}

std::string settings() {
  return kPreface + frame(kSettings, 0, 0, "");
}

/// One entry of HPACK's dynamic table, and then a byte for each time that it is meant.
std::string references(unsigned flags) {
  std::string block = call_headers("/Calling/VoIP", "") + std::string(
                                                              "\x40\x01"
                                                              "a\x01"
                                                              "b",
                                                              5);
  block += std::string(60'000, '\xbe');
  std::string frames = frame(kHeaders, 0, 1, block.substr(0, 16'000));
  for (std::size_t at = 16'000; at < block.size(); at += 16'000) {
    const bool last = at + 16'000 >= block.size();
    frames += frame(kContinuation, last ? flags : 0, 1, block.substr(at, 16'000));
  }
  return settings() + frames;
}

/// As many streams as the bytes of a stranger can begin: all but the first by reference.
std::string streams(const std::string& path, std::size_t bytes) {
  const auto indexed = [](const std::string& name, const std::string& value) {
    const auto text = [](const std::string& it) { return static_cast<char>(it.size()) + it; };
    return '\x40' + text(name) + text(value);
  };
  std::string frames =
      frame(kHeaders, kEndHeaders, 1,
            "\x83\x86" + indexed(":path", path) + indexed(":authority", "x") +
                indexed("content-type", "application/grpc") + indexed("te", "trailers"));
  for (unsigned stream = 3; frames.size() < bytes; stream += 2) {
    frames += frame(kHeaders, kEndHeaders, stream, "\x83\x86\xc1\xc0\xbf\xbe");
  }
  return settings() + frames;
}

TEST(Strangers, WhoSayNothing) {
  endure({.tls = false, .words = ""});
}
TEST(Strangers, WhoBeginToShakeHands) {
  endure({.tls = false, .words = client_hello()});
}
TEST(Strangers, WhoDrip) {
  endure({.tls = false, .words = client_hello(), .at_a_time = 1});
}
TEST(Strangers, WhoTalkNonsense) {
  endure({.tls = false, .words = std::string(100'000, '\x55')});
}
TEST(Strangers, WhoShakeHandsAndHangUp) {
  endure({.words = settings(), .hangs_up = true});
}
TEST(Strangers, WhoseHeadersNeverEnd) {
  endure({.words = references(0)});
}
TEST(Strangers, WhoseHeadersAreEndless) {
  endure({.words = references(kEndHeaders)});
}
TEST(Strangers, WhoHoldStreams) {
  endure({.words = streams("/grpc.health.v1.Health/Watch", 1'400)});
}
// These are banned, and guests from where they are with them: that is what a ban is.
TEST(Strangers, WhoHaveNoPasscode) {
  endure({.elsewhere = true, .words = streams("/Calling/VoIP", 1'400)});
}
TEST(Strangers, WhoSayAWrongPasscode) {
  const std::string headers = call_headers("/Calling/VoIP", "wrong");
  endure({.elsewhere = true, .words = settings() + frame(kHeaders, kEndHeaders, 1, headers)});
}
TEST(Strangers, WhoComeFromManyAddresses) {
  endure({.strangers = 2000,
          .addresses = 256,
          .words = streams("/grpc.health.v1.Health/Watch", 1'400)});
}
TEST(Strangers, WhoComeFromManyOtherAddresses) {
  endure({.strangers = 2000,
          .addresses = 256,
          .elsewhere = true,
          .words = streams("/grpc.health.v1.Health/Watch", 1'400)});
}

}  // namespace
}  // namespace comcat::testing
