#include "comcat/load/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comcat::load {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

Report delivered_in_full() {
  Report report;
  report.options.clients = 11;
  report.measured = 10s;
  report.sent = 500;
  report.expected = 5000;
  report.delivered = 5000;
  report.messages = 2500;
  report.latency.add(60us);
  return report;
}

TEST(Report, IsCompleteWhenAllArrivedAndNobodyWasLost) {
  Report report = delivered_in_full();
  EXPECT_TRUE(report.complete());
  report.lost_streams = 1;
  EXPECT_FALSE(report.complete());
  report.lost_streams = 0;
  report.delivered = 4999;
  EXPECT_FALSE(report.complete());
  EXPECT_DOUBLE_EQ(99.98, report.delivered_percent());
}

TEST(Report, WithNobodySpeakingIsComplete) {
  Report report;
  EXPECT_TRUE(report.complete());
  EXPECT_DOUBLE_EQ(100, report.delivered_percent());
  EXPECT_THAT(to_text(report), Not(HasSubstr("nan")));
}

TEST(Report, SaysWhatTheServerCostPerDeliveredFrameAndConnection) {
  Report report = delivered_in_full();
  ServerReport& server = report.server.emplace();
  server.before.anonymous_kib = 1000;
  server.connected.anonymous_kib = 1440;
  server.began.cpu = 2s;
  server.ended.cpu = 2050ms;
  EXPECT_THAT(to_text(report), HasSubstr("server cpu 0.05s = 10.00 us/delivery"));
  EXPECT_THAT(to_text(report), HasSubstr("rss/conn 40.0 KiB"));
  EXPECT_THAT(to_json(report), HasSubstr("\"cpu_us_per_frame\":10.000"));
  EXPECT_THAT(to_json(report), HasSubstr("\"kib_per_connection\":40.00"));
}

TEST(Report, WarnsWhereTheLoadWasTheBottleneck) {
  Report report = delivered_in_full();
  EXPECT_THAT(to_text(report), Not(HasSubstr("WARNING")));
  report.busiest_thread = 0.9;
  EXPECT_THAT(to_text(report), HasSubstr("WARNING"));
  EXPECT_THAT(to_json(report), HasSubstr("\"was_the_bottleneck\":true"));
}

}  // namespace
}  // namespace comcat::load
