// What NATS may do, and the others cannot.

#include "comcat/bus/nats.h"

#include <atomic>

#include <gtest/gtest.h>
#include <signal.h>

#include "comcat/bus/bus.h"

#include "bus/fixtures.h"
#include "support/nats_server.h"

namespace comcat::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::NatsServer;

std::unique_ptr<Bus> join(const NatsServer& server) {
  return std::make_unique<Bus>("comcat.test",
                               make_nats_carrier({.urls = {server.url()}, .name = "test"}));
}

TEST(Nats, AServerThatComesLaterIsFound) {
  NatsServer server;
  server.kill();
  const auto one = join(server);
  const auto two = join(server);
  server.start_again();
  EXPECT_TRUE(reaches(*one, *two));
}

TEST(Nats, WhoWasTurnedAwayGoesOnTrying) {
  NatsServer server({"--user", "somebody", "--pass", "secret"});
  const auto one = join(server);
  const auto two = join(server);
  // nats.c gives up after the second refusal.
  ASSERT_TRUE(server.process().wait_for_line(testing::Process::kErr, "authentication error"));
  ASSERT_TRUE(server.process().wait_for_line(testing::Process::kErr, "authentication error"));
  ASSERT_TRUE(server.process().wait_for_line(testing::Process::kErr, "authentication error"));
  server.kill();
  server.start_again();
  EXPECT_TRUE(reaches(*one, *two));
}

TEST(Nats, AServerThatHasStoppedHoldsNobodyUpAndNothingOldIsHeard) {
  NatsServer server;
  const auto one = join(server);
  const auto two = join(server);
  Heard heard;
  two->subscribe("voice", heard.keep(), milliseconds(200));
  ASSERT_TRUE(reaches(*one, *two));
  one->publish("voice", "before", seconds(5));
  ASSERT_EQ(heard.next_bytes(), "before");
  server.process().signal(SIGSTOP);
  // Much more than a socket takes.
  const base::Time began = base::steady_now();
  base::Duration longest{};
  const std::string frame(1000, 'v');
  const base::Time end = began + seconds(2);
  std::uint64_t published = 0;
  for (base::Time now = began; now < end; ++published) {
    one->publish("voice", frame, milliseconds(200));
    const base::Time after = base::steady_now();
    longest = std::max(longest, after - now);
    now = after;
  }
  // The machine may be busy; a call that waited for the server would have taken two seconds.
  EXPECT_LT(longest, seconds(1));
  server.process().signal(SIGCONT);
  ASSERT_TRUE(reaches(*one, *two));
  one->publish("voice", "after", seconds(5));
  std::string bytes = heard.next_bytes();
  std::uint64_t fresh = 0;  // sent in the last 200 ms before it went on
  for (; bytes == frame; bytes = heard.next_bytes()) ++fresh;
  EXPECT_EQ(bytes, "after");
  EXPECT_LT(fresh, published / 2);
  EXPECT_GT(one->counters().late_out, 0);
}

TEST(Nats, UrlsAreTakenApart) {
  const auto urls = parse_nats_urls("nats://a:4222,tls://b.example.org:4222");
  ASSERT_TRUE(urls.ok());
  EXPECT_EQ(*urls, (std::vector<std::string>{"nats://a:4222", "tls://b.example.org:4222"}));
}

TEST(Nats, UrlsThatAreNoneAreSaidToBe) {
  for (const char* wrong :
       {"", "a:4222", "nats://", "http://a:4222", "nats://a:4222,", ",nats://a"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(parse_nats_urls(wrong).status())) << wrong;
  }
}

TEST(Nats, APasswordInAUrlIsRefusedAndNotRepeated) {
  const absl::Status status = parse_nats_urls("nats://me:hunter2@a:4222").status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_NE(status.message().find("--nats_credentials"), std::string::npos);
  EXPECT_EQ(status.message().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace comcat::bus
