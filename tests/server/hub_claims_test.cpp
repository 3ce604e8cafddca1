// Names that are held for somebody's devices.

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/base/signing_key.h"
#include "comcat/wire/hello_proof.h"

#include "server/house.h"

namespace comcat::server {
namespace {

using ::testing::HasSubstr;

/// Claims that wait for the disk.
class Keeper {
 public:
  [[nodiscard]] HubOptions options() {
    HubOptions out;
    out.claims.keep = [this](const store::Claim& /*claim*/, Kept told) {
      waiting_.push_back(std::move(told));
    };
    out.claims.lift = [this](const std::string& /*name*/, Kept told) {
      waiting_.push_back(std::move(told));
    };
    return out;
  }
  void answer(House& house, const absl::Status& status = absl::OkStatus()) {
    for (const Kept& told : std::exchange(waiting_, {})) {
      if (told) told(status, house.now);
    }
  }

 private:
  std::vector<Kept> waiting_;
};

/// People who come with a device's key.
class ClaimedNames : public ::testing::Test {
 protected:
  [[nodiscard]] absl::Status say_hello(Person& person, const base::SigningKey& key,
                                       const std::string& name = "an",
                                       const std::string& room = "lobby",
                                       const std::string& code = "") {
    wire::Hello hello{name, room, std::exchange(resume_key_, ""),
                      wire::kFeatureVoiceBatch | wire::kFeatureReturn};
    hello.key = key.public_key();
    hello.pair_code = code;
    hello.client = "comcat 1.2.3";
    hello.signature = key.sign(wire::proof_text(hello, person.caller.device.nonce, ""));
    return house_.say_hello(person, hello);
  }
  Person& join(const base::SigningKey& key, const std::string& name = "an",
               const std::string& room = "lobby") {
    Person& person = house_.connect();
    const absl::Status status = say_hello(person, key, name, room);
    EXPECT_TRUE(status.ok()) << status;
    house_.pass(Room::kEventGap);
    return person;
  }
  /// What a command is answered with.
  wire::Outcome ask(Person& person, decltype(wire::Command::verb) verb) {
    const std::uint64_t trace_id = house_.command(person, std::move(verb));
    keeper_.answer(house_);
    const auto answers = person.answers(trace_id);
    EXPECT_EQ(1U, answers.size());
    return answers.empty() ? wire::Outcome{} : answers.front();
  }
  void claim(Person& person) { EXPECT_EQ(0, ask(person, wire::Claim{}).status); }
  /// How somebody with that key is answered who asks for the name.
  absl::Status attempt(const base::SigningKey& key, const std::string& name = "an") {
    return say_hello(house_.connect(), key, name);
  }

  /// Comes by a code for the claim of `an`, as `key`'s device; what was to be kept is.
  Person& join_by(const std::string& code, const base::SigningKey& key) {
    Person& person = house_.connect();
    EXPECT_TRUE(say_hello(person, key, "an", "lobby", code).ok());
    EXPECT_TRUE(person.welcomes.empty()) << "not before it is kept";
    keeper_.answer(house_);
    EXPECT_EQ(1U, person.welcomes.size());
    return person;
  }
  absl::Status release() {
    house_.administer("release an");
    keeper_.answer(house_);
    return house_.administered.value().status();
  }

  void lose(Person& person) {
    house_.hub.leave(person.caller, wire::LeaveReason::kLost, house_.now);
  }

  [[nodiscard]] HubOptions options() {
    HubOptions out = keeper_.options();
    out.hosts.wall_clock = [this] { return wall_; };
    return out;
  }

  std::string resume_key_;  // of the next hello
  store::WallTime wall_{std::chrono::days(20'000)};
  Keeper keeper_;
  House house_{options()};
  const base::SigningKey laptop_ = base::SigningKey::make();
  const base::SigningKey phone_ = base::SigningKey::make();
  const base::SigningKey stranger_ = base::SigningKey::make();
};

TEST_F(ClaimedNames, AreForNobodyElseWhetherTheOwnerIsThereOrNot) {
  Person& an = join(laptop_);
  claim(an);
  const absl::Status there = attempt(stranger_);
  EXPECT_TRUE(absl::IsAlreadyExists(there)) << there;
  EXPECT_THAT(std::string(there.message()), HasSubstr("the name an is claimed"));
  house_.hang_up(an);
  EXPECT_TRUE(absl::IsAlreadyExists(attempt(stranger_)));
  EXPECT_TRUE(absl::IsAlreadyExists(attempt(stranger_, "AN"))) << "it is the same name";
  Person& keyless = house_.connect();
  EXPECT_TRUE(absl::IsAlreadyExists(house_.say_hello(keyless, {"an", "elsewhere", ""})));
  EXPECT_TRUE(join(laptop_).caller.who.about.claimed);
}

TEST_F(ClaimedNames, AreToldToTheOthers) {
  Person& bo = house_.join("bo");
  Person& an = join(laptop_);
  const auto joined = bo.told<wire::Joined>();
  ASSERT_EQ(1U, joined.size());
  EXPECT_FALSE(joined[0].member.about.claimed);
  EXPECT_EQ(base::key_fingerprint(laptop_.public_key()), joined[0].member.about.device);
  EXPECT_EQ("comcat 1.2.3", joined[0].member.about.client);
  EXPECT_NE(0U, joined[0].member.about.since_ms);
  claim(an);
  house_.pass(Room::kEventGap);
  ASSERT_EQ(1U, bo.told<wire::MemberChanged>().size());
  EXPECT_TRUE(bo.told<wire::MemberChanged>()[0].member.about.claimed);
  claim(an);
  house_.pass(Room::kEventGap);
  EXPECT_EQ(1U, bo.told<wire::MemberChanged>().size()) << "that is no news";
}

TEST_F(ClaimedNames, AreAnsweredAndToldOnceTheyAreKept) {
  Person& bo = house_.join("bo");
  Person& an = join(laptop_);
  const std::uint64_t claimed = house_.command(an, wire::Claim{});
  const std::uint64_t later = house_.command(an, wire::Pair{});
  house_.pass(Room::kEventGap);
  EXPECT_TRUE(an.answers(claimed).empty());
  EXPECT_TRUE(an.answers(later).empty()) << "what comes later has its turn later";
  EXPECT_TRUE(bo.told<wire::MemberChanged>().empty());
  keeper_.answer(house_);
  house_.pass(Room::kEventGap);
  ASSERT_EQ(1U, an.answers(claimed).size());
  EXPECT_EQ(0, an.answers(claimed)[0].status);
  ASSERT_EQ(1U, an.answers(later).size());
  EXPECT_EQ(0, an.answers(later)[0].status) << an.answers(later)[0].text;
  EXPECT_EQ(1U, bo.told<wire::MemberChanged>().size());
}

TEST_F(ClaimedNames, ATextBehindAClaimIsAnsweredAfterIt) {
  Person& an = join(laptop_);
  const std::uint64_t claimed = house_.command(an, wire::Claim{});
  const std::uint64_t said = house_.command(an, wire::Say{"hello"});
  EXPECT_TRUE(an.answers(said).empty());
  keeper_.answer(house_);
  ASSERT_EQ(2U, an.outcomes.size());
  EXPECT_EQ(claimed, an.outcomes[0].trace_id);
  EXPECT_EQ(said, an.outcomes[1].trace_id);
}

TEST_F(ClaimedNames, AreNotWhereTheDiskIsFull) {
  Person& an = join(laptop_);
  const std::uint64_t claimed = house_.command(an, wire::Claim{});
  keeper_.answer(house_, absl::UnavailableError("the disk is full"));
  ASSERT_EQ(1U, an.answers(claimed).size());
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kUnavailable), an.answers(claimed)[0].status);
  EXPECT_FALSE(an.caller.who.about.claimed);
  house_.hang_up(an);
  EXPECT_TRUE(attempt(stranger_).ok());
}

TEST_F(ClaimedNames, OfWhoHasGoneBeforeTheyAreKeptAreTheirs) {
  Person& an = join(laptop_);
  house_.command(an, wire::Claim{});
  house_.hang_up(an);
  keeper_.answer(house_);
  EXPECT_TRUE(absl::IsAlreadyExists(attempt(stranger_)));
}

TEST_F(ClaimedNames, WithoutAKeyCannotBe) {
  Person& an = house_.join("an");
  const wire::Outcome outcome = ask(an, wire::Claim{});
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kFailedPrecondition), outcome.status);
  EXPECT_THAT(outcome.text, HasSubstr("no device key"));
}

TEST_F(ClaimedNames, HaveANumberBesideThemOnASecondDevice) {
  Person& first = join(laptop_);
  claim(first);
  Person& second = join(laptop_);
  EXPECT_EQ(0U, first.caller.who.twin);
  EXPECT_EQ(2U, second.caller.who.twin);
  EXPECT_EQ("an", second.caller.who.name) << "the number is no part of it";
  EXPECT_EQ(2U, first.told<wire::Joined>().back().member.twin);
  EXPECT_EQ(3U, join(laptop_).caller.who.twin);
  house_.hang_up(second);
  EXPECT_EQ(2U, join(laptop_).caller.who.twin) << "the lowest that is free";
  EXPECT_EQ(0U, join(laptop_, "an", "elsewhere").caller.who.twin);
}

TEST_F(ClaimedNames, OnASecondDeviceAreToldToHostsWithTheirNumber) {
  claim(join(laptop_));
  join(laptop_);
  house_.administer("mute \"an (2)\"");
  EXPECT_EQ("an (2) is heard by nobody", house_.administered->value());
  house_.administer("kick \"an (2)\"");
  EXPECT_EQ("an (2) is out of the call", house_.administered->value());
}

TEST_F(ClaimedNames, AreHeldForWhoStaysHoweverLongThatIs) {
  claim(join(laptop_));
  for (int day = 0; day < 200; ++day) {
    wall_ += std::chrono::days(1);
    house_.pass(std::chrono::days(1));
    keeper_.answer(house_);
  }
  EXPECT_TRUE(absl::IsAlreadyExists(attempt(stranger_)));
}

TEST_F(ClaimedNames, OfWhoIsAwayKeepTheirNumber) {
  Person& first = join(laptop_);
  claim(first);
  const std::string code = ask(first, wire::Pair{}).text;
  Person& second = join(laptop_);
  lose(second);
  const Person& phone = join_by(code, phone_);
  EXPECT_EQ(3U, phone.caller.who.twin) << "the place is somebody's";
  resume_key_ = second.caller.resume_key;
  const Person& back = join(laptop_);
  EXPECT_EQ(2U, back.caller.who.twin);
  EXPECT_TRUE(back.caller.who.about.claimed);
}

TEST_F(ClaimedNames, OfADeviceThatStartsAnewAreNotTakenByWhoItWasBefore) {
  Person& an = join(laptop_);
  lose(an);
  Person& stranger = house_.connect("198.51.100.7");
  EXPECT_TRUE(absl::IsAlreadyExists(say_hello(stranger, stranger_)));
  Person& again = house_.connect("198.51.100.8");
  EXPECT_TRUE(say_hello(again, laptop_).ok()) << "wherever it is now";
  EXPECT_EQ(0U, again.caller.who.twin);
}

TEST_F(ClaimedNames, ThatAHostReleasesAreNoLongerTheirsWhoAreAway) {
  Person& an = join(laptop_);
  claim(an);
  lose(an);
  ASSERT_TRUE(release().ok());
  resume_key_ = an.caller.resume_key;
  EXPECT_FALSE(join(laptop_).caller.who.about.claimed);
}

TEST_F(ClaimedNames, AreAnsweredToNobodyWhoWasAwayMeanwhile) {
  Person& an = join(laptop_);
  house_.command(an, wire::Claim{});
  lose(an);
  resume_key_ = an.caller.resume_key;
  Person& back = join(laptop_);
  ASSERT_EQ(an.number(), back.number());
  keeper_.answer(house_);
  EXPECT_TRUE(back.outcomes.empty());
  EXPECT_EQ(0, ask(back, wire::Pair{}).status) << "nothing is owed, and the name is held";
}

TEST_F(ClaimedNames, HaveAtMostNineDevicesInARoom) {
  claim(join(laptop_));
  for (std::uint32_t twin = 2; twin <= Room::kMaxTwins; ++twin) join(laptop_);
  EXPECT_TRUE(absl::IsAlreadyExists(attempt(laptop_)));
}

TEST_F(ClaimedNames, ThatAreNotClaimedAreTakenByWhoeverIsThereAsEver) {
  join(laptop_);
  EXPECT_TRUE(absl::IsAlreadyExists(attempt(laptop_)));
}

TEST_F(ClaimedNames, AreSharedWithADeviceThatHasTheCode) {
  Person& an = join(laptop_);
  claim(an);
  const wire::Outcome code = ask(an, wire::Pair{});
  ASSERT_EQ(0, code.status) << code.text;
  Person& thief = house_.connect();
  EXPECT_TRUE(absl::IsPermissionDenied(say_hello(thief, stranger_, "an", "lobby", "guessguess")));
  EXPECT_EQ(2U, join_by(code.text, phone_).caller.who.twin);
  Person& late = house_.connect();
  EXPECT_TRUE(absl::IsPermissionDenied(say_hello(late, stranger_, "an", "lobby", code.text)));
}

TEST_F(ClaimedNames, AreNotKeptByWhoGoesToAnotherRoom) {
  Person& squatter = join(stranger_, "an", "attic");
  Person& an = join(laptop_);
  claim(an);
  const wire::Outcome outcome = ask(squatter, wire::JoinRoom{"cellar"});
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kAlreadyExists), outcome.status);
  EXPECT_EQ("attic", squatter.caller.room->name());
}

TEST_F(ClaimedNames, AreNotGivenToOriginalClients) {
  Person& an = join(laptop_);
  claim(an);
  house_.hang_up(an);
  Person& original = house_.join_original();
  wire::VoicePacket frame;
  frame.payload = "opus";
  ASSERT_TRUE(house_.send(original, wire::VoiceUp{frame, "an"}).ok());
  EXPECT_THAT(original.caller.who.name, HasSubstr("caller-"));
}

TEST_F(ClaimedNames, ThatAHostReleasesAreFree) {
  Person& an = join(laptop_);
  claim(an);
  house_.hang_up(an);
  house_.administer("release an");
  EXPECT_FALSE(house_.administered) << "it is still on the disk";
  keeper_.answer(house_);
  const Hosts::Answer done = house_.administered.value();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_THAT(*done, HasSubstr("the name an is free"));
  EXPECT_TRUE(attempt(stranger_).ok());
  EXPECT_TRUE(absl::IsNotFound(release()));
}

TEST_F(ClaimedNames, ThatAHostReleasesWhileTheDiskIsFullAreSaidToComeBack) {
  claim(join(laptop_));
  house_.administer("release an");
  keeper_.answer(house_, absl::UnavailableError("the disk is full"));
  const absl::Status status = house_.administered.value().status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("only until the server ends"));
}

TEST_F(ClaimedNames, AreNotSharedWhereTheDiskIsFullAndTheCodeIsGoodAsBefore) {
  Person& an = join(laptop_);
  claim(an);
  const std::string code = ask(an, wire::Pair{}).text;
  Person& phone = house_.connect();
  ASSERT_TRUE(say_hello(phone, phone_, "an", "lobby", code).ok());
  keeper_.answer(house_, absl::UnavailableError("the disk is full"));
  ASSERT_TRUE(phone.closed);
  EXPECT_TRUE(absl::IsFailedPrecondition(*phone.closed));
  EXPECT_THAT(std::string(phone.closed->message()),
              HasSubstr("the device is not paired, as the server cannot keep that"));
  EXPECT_TRUE(absl::IsAlreadyExists(attempt(phone_)));
  EXPECT_EQ(2U, join_by(code, phone_).caller.who.twin);
}

TEST_F(ClaimedNames, ThatAreNotSharedInTimeAreSaidNotToBe) {
  Person& an = join(laptop_);
  claim(an);
  const std::string code = ask(an, wire::Pair{}).text;
  Person& phone = house_.connect();
  ASSERT_TRUE(say_hello(phone, phone_, "an", "lobby", code).ok());
  house_.pass(seconds(6));
  ASSERT_TRUE(phone.closed);
  EXPECT_THAT(std::string(phone.closed->message()), HasSubstr("could not keep in time"));
  keeper_.answer(house_);
  Person& again = house_.connect();
  EXPECT_TRUE(say_hello(again, phone_, "an", "lobby", code).ok()) << "it was kept after all";
  EXPECT_EQ(1U, again.welcomes.size());
}

TEST_F(ClaimedNames, WhoIsBeingPairedSaysNothingElseMeanwhile) {
  Person& an = join(laptop_);
  claim(an);
  for (int kind = 0; kind < 3; ++kind) {
    const std::string code = ask(an, wire::Pair{}).text;
    const base::SigningKey key = base::SigningKey::make();
    Person& phone = house_.connect();
    ASSERT_TRUE(say_hello(phone, key, "an", "lobby", code).ok());
    absl::Status status;
    if (kind == 0) status = say_hello(phone, key, "an", "lobby", code);
    if (kind == 1) status = house_.send(phone, wire::VoiceUp{wire::VoicePacket{}, "an"});
    if (kind == 2) status = house_.send(phone, wire::Command{1, wire::Say{"hello"}});
    EXPECT_FALSE(status.ok());
    keeper_.answer(house_);
    EXPECT_TRUE(phone.welcomes.empty());
  }
}

}  // namespace
}  // namespace comcat::server
