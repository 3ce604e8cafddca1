#include "comcat/server/host_command.h"

#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;

template <typename Command>
Command parsed(const std::string& line) {
  const absl::StatusOr<HostCommand> command = parse_host_command(line);
  EXPECT_TRUE(command.ok()) << line << ": " << command.status();
  if (!command.ok() || !std::holds_alternative<Command>(*command)) return {};
  return std::get<Command>(*command);
}

std::string error_of(const std::string& line) {
  const absl::StatusOr<HostCommand> command = parse_host_command(line);
  EXPECT_TRUE(absl::IsInvalidArgument(command.status())) << line;
  return std::string(command.status().message());
}

TEST(HostCommand, AKickSaysWhomWhereForHowLongAndWhy) {
  const auto plain = parsed<KickPerson>("kick an");
  EXPECT_EQ("an", plain.whom.name);
  EXPECT_FALSE(plain.for_time);
  const auto full =
      parsed<KickPerson>(R"(kick "an lee" in "the attic" for 10m because so "loud" )");
  EXPECT_EQ("an lee", full.whom.name);
  EXPECT_EQ("the attic", full.whom.room);
  EXPECT_EQ(minutes(10), full.for_time);
  EXPECT_EQ("so \"loud\"", full.because);
}

TEST(HostCommand, ABanIsOfAnAddressOrOfWhoeverHasAName) {
  EXPECT_EQ("192.0.2.7", parsed<BanAddress>("ban 192.0.2.7 for 2h").address);
  EXPECT_EQ(hours(2), parsed<BanAddress>("ban 192.0.2.7 for 2h").for_time);
  EXPECT_EQ("2001:db8::/64", parsed<BanAddress>("ban 2001:db8::77").address);
  EXPECT_EQ("2001:db8::/64", parsed<LiftBan>("unban 2001:db8::/64").address);
  EXPECT_EQ("a.b", parsed<BanAddress>("ban a.b").whom.name);
  EXPECT_EQ("", parsed<BanAddress>("ban a.b").address);
}

TEST(HostCommand, OthersAreAsShortAsTheyLook) {
  EXPECT_TRUE(parsed<MutePerson>("mute an").muted);
  EXPECT_FALSE(parsed<MutePerson>("unmute an in attic").muted);
  EXPECT_EQ("attic", parsed<CloseRoom>("close attic because late").room);
  EXPECT_EQ("back in 5 minutes", parsed<Announce>("say  back in 5 minutes ").text);
  EXPECT_EQ("", parsed<ListPeople>("who").room);
  EXPECT_EQ("attic", parsed<ListPeople>("who attic").room);
  std::ignore = parsed<DrainServer>("drain");
}

TEST(HostCommand, WhatIsNoneGetsASentence) {
  EXPECT_THAT(error_of(""), HasSubstr("help lists"));
  EXPECT_THAT(error_of("reboot"), HasSubstr("\"reboot\" is nothing that a host can do"));
  EXPECT_THAT(error_of("kick"), HasSubstr("a name is missing"));
  EXPECT_THAT(error_of("kick \"an"), HasSubstr("a name is missing"));
  EXPECT_THAT(error_of("kick an lee"), HasSubstr("\"lee\" is too much"));
  EXPECT_THAT(error_of("kick an for 10x"), HasSubstr("a time is written as"));
  EXPECT_THAT(error_of("kick an for 99999999d"), HasSubstr("longest"));
  EXPECT_THAT(error_of("unban an"), HasSubstr("write unban ADDRESS"));
  EXPECT_THAT(error_of("say"), HasSubstr("write say TEXT"));
  EXPECT_THAT(error_of("drain now"), HasSubstr("too much"));
  EXPECT_THAT(error_of("kick an because \x1b[2J"), ::testing::Not(HasSubstr("\x1b")));
}

TEST(HostCommand, HelpNamesEveryWordThatIsUnderstood) {
  const std::string help = host_help();
  for (const char* word : {"rooms", "who", "kick", "ban", "unban", "bans", "mute", "unmute",
                           "close", "say", "stats", "drain", "help"}) {
    EXPECT_THAT("\n" + help, HasSubstr("\n" + std::string(word) + " ")) << word;
  }
}

TEST(HostCommand, ATimeIsToldInItsLongestWholeUnit) {
  EXPECT_EQ("10m", in_words(minutes(10)));
  EXPECT_EQ("2h", in_words(hours(2)));
  EXPECT_EQ("90s", in_words(std::chrono::seconds(90)));
  EXPECT_EQ("0s", in_words(std::chrono::seconds(0)));
}

}  // namespace
}  // namespace comcat::server
