// What hosts do: those in a call, and whoever runs the server.

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/house.h"

namespace comcat::server {
namespace {

using ::testing::HasSubstr;

constexpr store::WallTime kMonday{std::chrono::days(20'000)};

/// A house whose wall clock stands still, and what its hosts have had kept.
struct Hosted {
  std::vector<store::Ban> kept;
  std::vector<std::string> lifted;
  std::vector<Kept> waiting;
  int drained = 0;
  store::WallTime wall = kMonday;
  House house{options()};

  HubOptions options() {
    HubOptions out;
    out.hosts.keeper.keep = [this](const std::vector<store::Ban>& bans, Kept told) {
      kept.insert(kept.end(), bans.begin(), bans.end());
      waiting.push_back(std::move(told));
    };
    out.hosts.keeper.lift = [this](const std::string& address, Kept told) {
      lifted.push_back(address);
      waiting.push_back(std::move(told));
    };
    out.hosts.drain = [this] { ++drained; };
    out.hosts.wall_clock = [this] { return wall; };
    return out;
  }
  /// What comcat-server --admin gets.
  std::string admin(const std::string& words) {
    house.administer(words);
    answer();
    const Hosts::Answer answer = house.administered.value();
    return answer.ok() ? *answer : std::string(answer.status().message());
  }
  /// The disk has kept what it was given, or cannot.
  void answer(const absl::Status& status = absl::OkStatus()) {
    for (const Kept& told : std::exchange(waiting, {})) {
      if (told) told(status, house.now);
    }
  }
};

TEST(HubHosts, WhoIsKickedIsToldWhyAndSoIsTheRoom) {
  Hosted h;
  Person& an = h.house.join("an");
  Person& bo = h.house.join("bo");
  EXPECT_EQ("an is out of the call", h.admin("kick AN because noise"));
  ASSERT_TRUE(an.closed);
  EXPECT_TRUE(absl::IsPermissionDenied(*an.closed));
  EXPECT_EQ("a host has removed you: noise", an.closed->message());
  ASSERT_EQ(1U, bo.told<wire::Left>().size());
  EXPECT_EQ(wire::LeaveReason::kRemoved, bo.told<wire::Left>()[0].reason);
  EXPECT_EQ("noise", bo.told<wire::Left>()[0].why);
  EXPECT_TRUE(h.house.hub.check_ban("192.0.2.1").ok());
}

TEST(HubHosts, AKickForATimeKeepsTheAddressOutForThatLong) {
  Hosted h;
  h.house.join("an");
  EXPECT_THAT(h.admin("kick an for 10m"), HasSubstr("nobody from 192.0.2.1 comes in for 10m"));
  EXPECT_TRUE(absl::IsPermissionDenied(h.house.hub.check_ban("192.0.2.1")));
  ASSERT_EQ(1U, h.kept.size());
  EXPECT_EQ(kMonday + std::chrono::minutes(10), h.kept[0].until);
  h.wall += std::chrono::minutes(10);
  EXPECT_TRUE(h.house.hub.check_ban("192.0.2.1").ok());
}

TEST(HubHosts, ABanHoldsAtOnceAndIsAnsweredOnceItIsKept) {
  Hosted h;
  Person& an = h.house.join("an");
  h.house.administer("ban an");
  EXPECT_TRUE(an.closed);
  EXPECT_FALSE(h.house.hub.check_ban("192.0.2.1").ok());
  EXPECT_FALSE(h.house.administered);
  h.answer();
  EXPECT_TRUE(h.house.administered.value().ok());
}

TEST(HubHosts, ABanThatTheDiskDoesNotTakeHoldsAndIsSaidNotToLast) {
  Hosted h;
  for (const char* const words : {"ban 192.0.2.7", "unban 192.0.2.7"}) {
    h.house.administer(words);
    h.answer(absl::UnavailableError("the disk is full"));
    const absl::Status status = h.house.administered.value().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("; but only until the server ends, as it cannot keep that (the disk is "
                          "full)"));
    EXPECT_EQ(std::string(words).starts_with("unban"), h.house.hub.check_ban("192.0.2.7").ok());
  }
}

TEST(HubHosts, AHostInACallIsAnsweredOnceItsBanIsKeptAndThenWhatCameLater) {
  Hosted h;
  Person& an = h.house.join("an");
  an.caller.who.host = true;
  const std::uint64_t banned = h.house.command(an, wire::HostWords{"ban 192.0.2.7"});
  const std::uint64_t later = h.house.command(an, wire::ListRooms{});
  EXPECT_TRUE(an.outcomes.empty());
  h.answer();
  ASSERT_EQ(2U, an.outcomes.size());
  EXPECT_EQ(banned, an.outcomes[0].trace_id);
  EXPECT_EQ(0, an.outcomes[0].status) << an.outcomes[0].text;
  EXPECT_EQ(later, an.outcomes[1].trace_id);
}

TEST(HubHosts, WhereNobodyKeepsBansTheyAreAnsweredAtOnce) {
  House house;
  for (const char* const words : {"ban 192.0.2.7", "unban 192.0.2.7"}) {
    house.administer(words);
    EXPECT_TRUE(house.administered.value().ok());
  }
}

TEST(HubHosts, ABanRemovesEveryoneFromTheAddressAndHoldsUntilLifted) {
  Hosted h;
  Person& an = h.house.join("an");
  Person& bo = h.house.join("bo");
  EXPECT_THAT(h.admin("ban an because of spam"), HasSubstr("2 callers from there are out"));
  EXPECT_TRUE(an.closed && bo.closed);
  EXPECT_THAT(std::string(h.house.hub.check_ban("192.0.2.1").message()),
              HasSubstr("banned: of spam"));
  EXPECT_THAT(h.admin("bans"), HasSubstr("192.0.2.1  an  until unbanned"));
  EXPECT_EQ("192.0.2.1 may come in again", h.admin("unban 192.0.2.1"));
  EXPECT_TRUE(h.house.hub.check_ban("192.0.2.1").ok());
  EXPECT_EQ(std::vector<std::string>{"192.0.2.1"}, h.lifted);
  EXPECT_EQ("192.0.2.1 is not banned", h.admin("unban 192.0.2.1"));
}

TEST(HubHosts, WhatWasBannedBeforeTheStartIsBanned) {
  HubOptions options;
  options.hosts.bans = {{"192.0.2.9", "an", "", "bo", {}}};
  House house(options);
  EXPECT_FALSE(house.hub.check_ban("192.0.2.9").ok());
  EXPECT_TRUE(house.hub.check_ban("192.0.2.8").ok());
}

TEST(HubHosts, OnlyAHostLiftsAHostsMute) {
  Hosted h;
  Person& an = h.house.join("an");
  Person& bo = h.house.join("bo");
  EXPECT_EQ("an is not muted by a host", h.admin("unmute an"));
  EXPECT_EQ("an is heard by nobody", h.admin("mute an"));
  EXPECT_EQ("an is muted by a host already", h.admin("mute an"));
  ASSERT_EQ(1U, bo.told<wire::MuteChanged>().size());
  EXPECT_TRUE(bo.told<wire::MuteChanged>()[0].muted_by_host);
  ASSERT_TRUE(h.house.speak(an).ok());
  EXPECT_TRUE(bo.heard.empty());
  const auto tried = h.house.command(an, wire::SetMute{false});
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kPermissionDenied), an.answers(tried).at(0).status);
  ASSERT_TRUE(h.house.speak(an).ok());
  EXPECT_TRUE(bo.heard.empty());
  EXPECT_EQ("an is no longer muted by a host", h.admin("unmute an"));
  ASSERT_TRUE(h.house.speak(an).ok());
  EXPECT_EQ(1U, bo.heard.size());
}

TEST(HubHosts, WhoComesBackWithTheirResumeKeyIsStillMuted) {
  Hosted h;
  Person& an = h.house.join("an");
  h.admin("mute an");
  Person& again = h.house.connect();
  ASSERT_TRUE(h.house.say_hello(again, {"an", "lobby", an.caller.resume_key, 1}).ok());
  EXPECT_TRUE(again.caller.who.muted_by_host);
}

TEST(HubHosts, AClosedRoomIsEmptyAndOthersGoOn) {
  Hosted h;
  Person& an = h.house.join("an", "attic");
  Person& bo = h.house.join("bo");
  EXPECT_THAT(h.admin("close ATTIC because late"), HasSubstr("1 caller is out of the call"));
  ASSERT_TRUE(an.closed);
  EXPECT_EQ("a host has closed the room attic: late", an.closed->message());
  EXPECT_FALSE(bo.closed);
  EXPECT_EQ("nobody is in the room attic", h.admin("close attic")) << "though it lasts 20 s more";
  EXPECT_EQ("nobody is in the room attic", h.admin("who attic"));
  EXPECT_EQ("people 0", h.admin("stats attic"));
}

TEST(HubHosts, WhatIsSaidToAllReachesEveryRoom) {
  Hosted h;
  Person& an = h.house.join("an", "attic");
  Person& bo = h.house.join("bo");
  EXPECT_EQ("said to everyone", h.admin("say tea is ready"));
  for (Person* person : {&an, &bo}) {
    ASSERT_EQ(1U, person->told<wire::Announced>().size());
    EXPECT_EQ("tea is ready", person->told<wire::Announced>()[0].text);
  }
}

TEST(HubHosts, OfSeveralWithOneNameTheRoomDecides) {
  Hosted h;
  Person& an = h.house.join("an", "attic");
  Person& other = h.house.join("an", "cellar");
  EXPECT_THAT(h.admin("kick an"), HasSubstr("several are called an"));
  EXPECT_EQ("an is out of the call", h.admin("kick an in cellar"));
  EXPECT_TRUE(other.closed);
  EXPECT_FALSE(an.closed);
  EXPECT_EQ("nobody in cellar is called an", h.admin("kick an in cellar"));
}

TEST(HubHosts, TheListsSayWhoIsWhere) {
  Hosted h;
  h.house.join("an", "attic");
  h.house.pass(seconds(90));
  EXPECT_EQ("attic  1", h.admin("rooms"));
  EXPECT_EQ("attic\n  an  90s  192.0.2.1", h.admin("who attic"));
  EXPECT_THAT(h.admin("stats"), HasSubstr("callers 1\n"));
  EXPECT_EQ("everyone is told, and the server ends", h.admin("drain"));
  EXPECT_EQ(1, h.drained);
}

TEST(HubHosts, InACallOnlyHostsCanDoIt) {
  Hosted h;
  Person& an = h.house.join("an");
  Person& bo = h.house.join("bo");
  const auto refused = h.house.command(an, wire::HostWords{"kick bo"});
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kPermissionDenied),
            an.answers(refused).at(0).status);
  EXPECT_FALSE(bo.closed);
  an.caller.who.host = true;
  const auto done = h.house.command(an, wire::HostWords{"kick bo"});
  EXPECT_EQ(0, an.answers(done).at(0).status);
  EXPECT_EQ("bo is out of the call", an.answers(done).at(0).text);
  EXPECT_TRUE(bo.closed);
}

TEST(HubHosts, AHostInACallDrainsNothingAndBansNotTheirOwnAddress) {
  Hosted h;
  Person& an = h.house.join("an");
  h.house.join("bo");
  an.caller.who.host = true;
  const auto drain = h.house.command(an, wire::HostWords{"drain"});
  EXPECT_THAT(an.answers(drain).at(0).text, HasSubstr("comcat-server --admin"));
  EXPECT_EQ(0, h.drained);
  const auto ban = h.house.command(an, wire::HostWords{"ban bo"});
  EXPECT_THAT(an.answers(ban).at(0).text, HasSubstr("your own address"));
  EXPECT_TRUE(h.house.hub.check_ban("192.0.2.1").ok());
}

TEST(HubHosts, WhoSharesTheHostsAddressIsKeptOutByTheirDeviceAlone) {
  for (const std::string words : {"kick bo for 10m", "ban bo for 10m"}) {
    Hosted h;
    Person& an = h.house.join("an");
    Person& bo = h.house.join("bo");
    const Person& cy = h.house.join("cy");
    an.caller.who.host = true;
    bo.caller.who.about.device = "SHA256:bo";
    const auto outcome = h.house.command(an, wire::HostWords{words});
    h.answer();
    ASSERT_EQ(1U, an.outcomes.size());
    EXPECT_EQ(outcome, an.outcomes[0].trace_id);
    EXPECT_EQ(0, an.outcomes[0].status) << an.outcomes[0].text;
    EXPECT_THAT(an.outcomes[0].text,
                HasSubstr("nobody with SHA256:bo (your own address stays open) comes in for 10m"));
    EXPECT_TRUE(bo.closed);
    EXPECT_FALSE(an.closed || cy.closed);
    EXPECT_TRUE(h.house.hub.check_ban("192.0.2.1").ok());
    EXPECT_THAT(h.admin("bans"), HasSubstr("SHA256:bo"));
  }
}

TEST(HubHosts, ADeviceOfTheHostsOwnIsNotBannedAtTheirAddress) {
  Hosted h;
  Person& an = h.house.join("an");
  Person& bo = h.house.join("bo");
  an.caller.who.host = true;
  for (Person* const one : {&an, &bo}) one->caller.who.about.device = "SHA256:both";
  const auto outcome = h.house.command(an, wire::HostWords{"kick bo for 10m"});
  EXPECT_NE(0, an.answers(outcome).at(0).status);
  EXPECT_FALSE(bo.closed);
  EXPECT_THAT(h.admin("bans"), HasSubstr("nobody is banned"));
}

}  // namespace
}  // namespace comcat::server
