// What people at two servers hear of each other while NATS, the line to it or a server stands
// still, and afterwards. The figures are properties of the tests: --gtest_output=xml:FILE.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>

#include "comcat/base/clock.h"

#include "end_to_end/talking_person.h"
#include "support/caller.h"
#include "support/lossy_network.h"
#include "support/metronome.h"
#include "support/nats_server.h"
#include "support/sanitizers.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kOutage = 5s;
// What is held up is held up for kOutage; a slow machine alone holds nothing up for as long.
constexpr auto kSoon = kSanitized ? 4s : 1s;
constexpr long kGrowthKib = 16 * 1024;

int milliseconds(base::Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

/// Two at each of two servers: NATS and server a on one machine, server b on another.
struct TwoMachines {
  explicit TwoMachines(std::unique_ptr<LossyNetwork> its_network)
      : network(std::move(its_network)) {
    EXPECT_TRUE(a.has_logged(" node_found node=b ") && b.has_logged(" node_found node=a "));
    EXPECT_TRUE(a.has_logged(" texts_shared ") && b.has_logged(" texts_shared "));
    for (const char* name : {"an", "ai"}) {
      people.push_back(std::make_unique<Person>(network->server(), a, name));
    }
    for (const char* name : {"bo", "be"}) {
      people.push_back(std::make_unique<Person>(network->client(), b, name));
    }
    EXPECT_TRUE(all_hear_all_after(base::steady_now()));
  }
  [[nodiscard]] std::vector<std::string> flags(const std::string& name) const {
    return {"--nats=" + nats.url(), "--cluster=test", "--node=" + name};
  }

  template <typename Do>
  void for_pairs(const Do& what) const {
    for (std::size_t i = 0; i < people.size(); ++i) {
      for (std::size_t k = 0; k < people.size(); ++k) {
        if (i != k) what(*people[i], *people[k], i / 2 == k / 2);
      }
    }
  }
  /// Whether everybody hears everybody, within Caller::kPatience; how long it took.
  [[nodiscard]] bool all_hear_all_after(base::Time when, base::Duration* took = nullptr) const {
    return await(Caller::kPatience, [&] {
      base::Time last = when;
      for_pairs([&](const Person& one, const Person& other, bool /*local*/) {
        last = std::max(last, one.first_of(other, when));
      });
      if (took != nullptr) *took = last - when;
      return last < base::Time::max();
    });
  }
  [[nodiscard]] Person& person(const std::string& name) const {
    return **std::ranges::find(people, name, [](const auto& it) { return it->name(); });
  }

  const std::unique_ptr<LossyNetwork> network;
  NatsServer nats{{"-js"}, LossyNetwork::kServer, network->server().inside()};
  ServerProcess a{flags("a"), /*tls=*/false, network->server().inside()};
  ServerProcess b{flags("b"), /*tls=*/false, network->client().inside()};
  std::vector<std::unique_ptr<Person>> people;
};

long resident_kib(const Process& process) {
  std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

class ClusterOutage : public ::testing::Test {
 protected:
  void SetUp() override {
    auto network = LossyNetwork::make();
    COMCAT_NEEDS_LOSSY_NETWORK(network);
    it_ = std::make_unique<TwoMachines>(std::move(network));
  }

  /// Something stands still from begin() to end(), while `writers` say what they can.
  void suffer(const std::function<void()>& begin, const std::function<void()>& end,
              const std::vector<std::string>& writers = {"an", "bo"}) {
    it_->person("an").say("before");
    for (const auto& person : it_->people) {
      ASSERT_TRUE(await(Caller::kPatience, [&] { return person->has_read("before"); }));
    }
    const long before_kib = resident_kib(it_->a.process()) + resident_kib(it_->b.process());
    began_ = base::steady_now();
    begin();
    Metronome metronome(500ms);
    for (int i = 0; base::steady_now() < began_ + kOutage; ++i) {
      metronome.wait();
      for (const std::string& name : writers) {
        it_->person(name).say(name + (" meanwhile " + std::to_string(i)));
      }
    }
    const base::Time ended = base::steady_now();
    end();
    base::Duration back{};
    EXPECT_TRUE(it_->all_hear_all_after(ended, &back));
    RecordProperty("all_hear_all_after_ms", milliseconds(back));
    const long grown = resident_kib(it_->a.process()) + resident_kib(it_->b.process()) - before_kib;
    RecordProperty("grown_kib", std::to_string(grown));
    EXPECT_LT(grown, kSanitized ? 8 * kGrowthKib : kGrowthKib);
  }
  /// How voice went on between those for whom `concerns` holds.
  void expect_voice_to_go_on(const std::function<bool(const Person&, const Person&)>& concerns) {
    base::Duration gap{};
    it_->for_pairs([&](const Person& one, const Person& other, bool local) {
      if (local && concerns(one, other)) gap = std::max(gap, one.longest_gap(other, began_));
    });
    RecordProperty("longest_gap_at_one_server_ms", milliseconds(gap));
    EXPECT_LT(gap, kSoon);
  }
  base::Duration oldest_heard() {
    base::Duration oldest{};
    it_->for_pairs([&](const Person& one, const Person& other, bool /*local*/) {
      oldest = std::max(oldest, one.oldest(other, began_));
    });
    RecordProperty("oldest_heard_ms", milliseconds(oldest));
    return oldest;
  }
  /// All have the same texts: once each that was said to be, and none that was said not to be.
  void expect_texts_to_be_right() {
    Person& an = it_->person("an");
    Person& bo = it_->person("bo");
    ASSERT_TRUE(await(Caller::kPatience, [&] { return an.is_answered() && bo.is_answered(); }));
    const auto last = [&] { return "after " + std::to_string(attempts_); };
    ASSERT_TRUE(await(Caller::kPatience, [&] {
      ++attempts_;
      an.say(last());
      return await(3s, [&] { return an.has_read(last()); });
    }));
    for (const auto& person : it_->people) {
      EXPECT_TRUE(await(Caller::kPatience, [&] { return person->has_read(last()); }));
      EXPECT_EQ(an.texts(), person->texts()) << person->name();
    }
    const std::vector<std::string> texts = an.texts();
    for (Person* writer : {&an, &bo}) {
      for (const std::string& text : writer->answered(0)) {
        EXPECT_EQ(1, std::ranges::count(texts, text)) << text;
      }
      const auto refused = writer->answered(grpc::StatusCode::UNAVAILABLE);
      for (const std::string& text : refused) EXPECT_EQ(0, std::ranges::count(texts, text)) << text;
      RecordProperty(writer->name() + "_said", std::to_string(writer->answered(0).size()));
      RecordProperty(writer->name() + "_refused", std::to_string(refused.size()));
    }
  }
  /// All know of the same four, and nobody was seen to leave, at most to be away and back.
  void expect_rosters_to_be_right() {
    const std::set<std::string> all{"ai", "an", "be", "bo"};
    for (const auto& person : it_->people) {
      EXPECT_TRUE(await(Caller::kPatience, [&] {
        person->ask_who();
        return await(1s, [&] { return person->roster() == all; });
      })) << person->name();
    }
    it_->for_pairs([&](const Person& one, const Person& other, bool local) {
      const std::vector<std::string> told = one.told(other);
      EXPECT_EQ(0, std::ranges::count(told, "left")) << one.name() << " of " << other.name();
      EXPECT_EQ(0, local && std::ranges::count(told, "away") > 0);
      EXPECT_EQ(std::ranges::count(told, "away"), std::ranges::count(told, "back"));
    });
  }

  std::unique_ptr<TwoMachines> it_;
  base::Time began_;
  int attempts_ = 0;
};

bool everybody(const Person& /*one*/, const Person& /*other*/) {
  return true;
}

TEST_F(ClusterOutage, WhileNatsStandsStillThoseAtOneServerTalkOnAndAllIsWellAfterwards) {
  suffer([&] { it_->nats.process().signal(SIGSTOP); },
         [&] { it_->nats.process().signal(SIGCONT); });
  expect_voice_to_go_on(everybody);
  EXPECT_LT(oldest_heard(), kSoon);
  expect_texts_to_be_right();
  expect_rosters_to_be_right();
}

TEST_F(ClusterOutage, WhileNatsIsKilledThoseAtOneServerTalkOnAndAllIsWellAfterwards) {
  suffer([&] { it_->nats.kill(); }, [&] { it_->nats.start_again({"-js"}); });
  expect_voice_to_go_on(everybody);
  EXPECT_LT(oldest_heard(), kSoon);
  expect_texts_to_be_right();
  expect_rosters_to_be_right();
}

TEST_F(ClusterOutage, WhileTheLineToNatsIsCutThoseAtOneServerTalkOnAndAllIsWellAfterwards) {
  suffer([&] { it_->network->set({.passes = LinkConditions::Passes::kNothing}); },
         [&] { it_->network->set({}); });
  expect_voice_to_go_on(everybody);
  EXPECT_LT(oldest_heard(), kSoon);
  expect_texts_to_be_right();
  expect_rosters_to_be_right();
}

TEST_F(ClusterOutage, WhileAServerStandsStillThoseAtTheOtherTalkOnAndAllIsWellAfterwards) {
  suffer([&] { it_->b.process().signal(SIGSTOP); }, [&] { it_->b.process().signal(SIGCONT); },
         /*writers=*/{"an"});
  expect_voice_to_go_on(
      [](const Person& one, const Person& /*other*/) { return one.name().starts_with('a'); });
  oldest_heard();
  expect_texts_to_be_right();
  expect_rosters_to_be_right();
}

}  // namespace
}  // namespace comcat::testing
