#include "comcat/server/admission.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/refused.h"

namespace comcat::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Time kStart{seconds(1'000'000)};
constexpr const char* kHere = "192.0.2.1";
constexpr const char* kThere = "192.0.2.2";

AdmissionOptions with_passcode(std::size_t max_clients = 100) {
  AdmissionOptions options;
  options.passcode = Passcode("hunter2");
  options.max_clients = max_clients;
  return options;
}

std::string sentence(const absl::StatusOr<Admission::Pass>& pass) {
  return std::string(pass.status().message());
}

/// Tries the wrong passcode `times` times.
void guess(Admission& admission, const std::string& address, int times, base::Time now) {
  for (int i = 0; i < times; ++i) {
    ASSERT_TRUE(absl::IsUnauthenticated(admission.admit(address, "guess", now).status())) << i;
  }
}

TEST(Admission, WhoKnowsThePasscodeComesIn) {
  Admission admission(with_passcode());
  const auto pass = admission.admit(kHere, "hunter2", kStart);
  EXPECT_TRUE(pass.ok());
  EXPECT_EQ(99U, admission.slots().free());
}

TEST(Admission, MissingWrongAndFullAreToldApart) {
  Admission admission(with_passcode(1));
  const auto missing = admission.admit(kHere, std::nullopt, kStart);
  EXPECT_TRUE(absl::IsUnauthenticated(missing.status()));
  EXPECT_EQ("this server asks for a passcode", sentence(missing));
  const auto wrong = admission.admit(kHere, "hunter3", kStart);
  EXPECT_TRUE(absl::IsUnauthenticated(wrong.status()));
  EXPECT_EQ("the passcode is wrong", sentence(wrong));
  const auto in = admission.admit(kHere, "hunter2", kStart);
  const auto full = admission.admit(kHere, "hunter2", kStart);
  EXPECT_TRUE(absl::IsResourceExhausted(full.status()));
  EXPECT_EQ("the server is full: all 1 slots are taken", sentence(full));
}

TEST(Admission, WhoseAddressHasAllItMayHaveIsNotCountedAsTurnedAwayByAFullServer) {
  AdmissionOptions options = with_passcode(2);
  options.max_clients_per_address = 1;
  Admission admission(options);
  const auto an = admission.admit(kHere, "hunter2", kStart);
  const auto again = admission.admit(kHere, "hunter2", kStart);
  EXPECT_TRUE(absl::IsResourceExhausted(again.status()));
  EXPECT_EQ(Refusal::kAddressFull, reason_of(again.status()));
  const auto binh = admission.admit(kThere, "hunter2", kStart);
  EXPECT_EQ(Refusal::kFull, reason_of(admission.admit("192.0.2.9", "hunter2", kStart).status()));
  EXPECT_EQ(Refusal::kPasscode, reason_of(admission.admit(kThere, "guess", kStart).status()));
}

TEST(Admission, PasscodesOfAnySizeAndKindAreOnlyWrong) {
  Admission admission(with_passcode());
  const std::string nul("hunter2\0", 8);
  for (const std::string& given : {std::string(), std::string("hunter"), std::string("HUNTER2"),
                                   nul, std::string(1 << 20, 'x'), std::string("\x1b[2J")}) {
    EXPECT_EQ("the passcode is wrong", sentence(admission.admit(kHere, given, kStart)));
  }
}

TEST(Admission, AnOpenServerTakesAnyoneWhateverTheySend) {
  Admission admission(AdmissionOptions{});
  EXPECT_TRUE(admission.admit(kHere, std::nullopt, kStart).ok());
  EXPECT_TRUE(admission.admit(kHere, "anything", kStart).ok());
}

TEST(Admission, WhoDoesNotKnowThePasscodeTakesNoSlot) {
  Admission admission(with_passcode(1));
  guess(admission, kHere, 9, kStart);
  EXPECT_EQ(1U, admission.slots().free());
  EXPECT_TRUE(admission.admit(kThere, "hunter2", kStart).ok());
}

TEST(Admission, AFullServerDoesNotTellAGuesserAnything) {
  Admission admission(with_passcode(1));
  const auto in = admission.admit(kThere, "hunter2", kStart);
  EXPECT_EQ("the passcode is wrong", sentence(admission.admit(kHere, "guess", kStart)));
}

TEST(Admission, ASlotComesBackWhereverThePassEnds) {
  Admission admission(with_passcode(1));
  for (int i = 0; i < 1000; ++i) {
    auto pass = admission.admit(kHere, "hunter2", kStart);
    ASSERT_TRUE(pass.ok()) << i;
    Admission::Pass kept = std::move(*pass);
    EXPECT_EQ(0U, admission.slots().free());
    if (i % 2 == 0) kept = {};
  }
  EXPECT_EQ(1U, admission.slots().free());
}

TEST(Admission, APassMayOutliveTheDoor) {
  Admission::Pass pass;
  {
    Admission admission(with_passcode());
    pass = *admission.admit(kHere, "hunter2", kStart);
  }
  pass = {};
}

TEST(Admission, OfAHundredThreadsExactlyTenComeIn) {
  Slots slots(10);
  std::vector<std::optional<Slot>> taken(100);
  std::vector<std::jthread> threads;
  for (auto& mine : taken) threads.emplace_back([&] { mine = slots.take(); });
  threads.clear();
  EXPECT_EQ(10, std::count_if(taken.begin(), taken.end(), [](auto& t) { return t.has_value(); }));
  EXPECT_EQ(0U, slots.free());
  taken.clear();
  EXPECT_EQ(10U, slots.free());
}

TEST(Admission, SlotsTakenAndGivenBackByManyThreadsAllComeBack) {
  Slots slots(10);
  std::atomic<int> too_many{0};
  std::atomic<int> inside{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 2000; ++round) {
        const std::optional<Slot> slot = slots.take();
        if (!slot) continue;
        if (++inside > 10) ++too_many;
        --inside;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(0, too_many);
  EXPECT_EQ(10U, slots.free());
}

TEST(Admission, OneAddressMayNotTakeEverySlot) {
  AdmissionOptions options = with_passcode();
  options.max_clients_per_address = 2;
  Admission admission(options);
  std::vector<absl::StatusOr<Admission::Pass>> in;
  in.push_back(admission.admit(kHere, "hunter2", kStart));
  in.push_back(admission.admit(kHere, "hunter2", kStart));
  const auto third = admission.admit(kHere, "hunter2", kStart);
  EXPECT_TRUE(absl::IsResourceExhausted(third.status()));
  EXPECT_EQ("your address has 2 callers here already, which is all it may have", sentence(third));
  EXPECT_TRUE(admission.admit(kThere, "hunter2", kStart).ok());
  in.pop_back();
  EXPECT_TRUE(admission.admit(kHere, "hunter2", kStart + seconds(60)).ok());
}

TEST(Admission, AFullServerGivesTheAddressItsPlaceBack) {
  AdmissionOptions options = with_passcode(1);
  options.max_clients_per_address = 2;
  Admission admission(options);
  auto in = admission.admit(kThere, "hunter2", kStart);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(absl::IsResourceExhausted(admission.admit(kHere, "hunter2", kStart).status()));
  }
  in = absl::CancelledError();
  EXPECT_TRUE(admission.admit(kHere, "hunter2", kStart).ok());
}

TEST(Admission, TenWrongPasscodesAreEnough) {
  Admission admission(with_passcode());
  guess(admission, kHere, 10, kStart);
  const auto banned = admission.admit(kHere, "hunter2", kStart + seconds(1));
  EXPECT_TRUE(absl::IsPermissionDenied(banned.status()));
  EXPECT_EQ("too many wrong passcodes from your address; try again in 299 s", sentence(banned));
  EXPECT_TRUE(admission.admit(kThere, "hunter2", kStart + seconds(1)).ok());
}

TEST(Admission, WhoGivesNoPasscodeHasNotGuessed) {
  // As a client does that asks its user once the server is known.
  Admission admission(with_passcode());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(absl::IsUnauthenticated(admission.admit(kHere, std::nullopt, kStart).status()));
  }
  guess(admission, kHere, 9, kStart);
  EXPECT_TRUE(admission.admit(kHere, "hunter2", kStart).ok());
}

TEST(Admission, WhoIsBannedIsNotToldWhetherTheGuessIsRight) {
  Admission admission(with_passcode());
  guess(admission, kHere, 10, kStart);
  EXPECT_EQ(sentence(admission.admit(kHere, "hunter2", kStart)),
            sentence(admission.admit(kHere, "guess", kStart)));
}

TEST(Admission, ABanEnds) {
  Admission admission(with_passcode());
  guess(admission, kHere, 10, kStart);
  EXPECT_TRUE(absl::IsPermissionDenied(
      admission.admit(kHere, "hunter2", kStart + milliseconds(299'999)).status()));
  EXPECT_TRUE(admission.admit(kHere, "hunter2", kStart + seconds(300)).ok());
  guess(admission, kHere, 9, kStart + seconds(300));
}

TEST(Admission, NineWrongPasscodesInEveryTwoMinutesAreForgiven) {
  Admission admission(with_passcode());
  for (int round = 0; round < 10; ++round) {
    guess(admission, kHere, 9, kStart + round * seconds(121));
  }
}

TEST(Admission, TheTwoMinutesHaveNoSeamToGuessAcross) {
  Admission admission(with_passcode());
  guess(admission, kHere, 1, kStart);
  guess(admission, kHere, 8, kStart + seconds(119));
  guess(admission, kHere, 2, kStart + seconds(121));
  EXPECT_TRUE(
      absl::IsPermissionDenied(admission.admit(kHere, "guess", kStart + seconds(121)).status()));
}

TEST(Admission, WhatItRemembersIsForgottenWhenItNoLongerMatters) {
  Admission admission(with_passcode());
  guess(admission, kHere, 10, kStart);
  guess(admission, kThere, 1, kStart);
  EXPECT_EQ(2U, admission.addresses());
  const auto later = admission.admit("192.0.2.3", "hunter2", kStart + seconds(200));
  EXPECT_EQ(2U, admission.addresses());  // the banned one and the newest
  const auto last = admission.admit("192.0.2.3", "hunter2", kStart + seconds(600));
  EXPECT_EQ(1U, admission.addresses());
}

TEST(Admission, GuessesFromEverNewAddressesFillNoMemory) {
  Admission admission(with_passcode());
  guess(admission, kHere, 10, kStart);
  for (int i = 0; i < 100'000; ++i) {
    std::ignore =
        admission.admit("10." + std::to_string(i), "guess", kStart + milliseconds(i / 10));
    ASSERT_LE(admission.addresses(), Admission::kMaxAddresses);
  }
  EXPECT_TRUE(
      absl::IsPermissionDenied(admission.admit(kHere, "hunter2", kStart + seconds(11)).status()));
}

TEST(Admission, BansFromEverNewAddressesFillNoMemoryEither) {
  AdmissionOptions options = with_passcode();
  options.max_passcode_failures = 1;
  options.max_clients_per_address = 1;
  Admission admission(options);
  const auto in = admission.admit(kHere, "hunter2", kStart);
  for (int i = 0; i < 100'000; ++i) {
    std::ignore = admission.admit("10." + std::to_string(i), "guess", kStart);
    ASSERT_LE(admission.addresses(), Admission::kMaxAddresses);
  }
  // The count of who is in survives all forgetting.
  EXPECT_TRUE(absl::IsResourceExhausted(admission.admit(kHere, "hunter2", kStart).status()));
}

}  // namespace
}  // namespace comcat::server
