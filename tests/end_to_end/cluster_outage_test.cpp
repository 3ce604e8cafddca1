// What people at two servers hear of each other while NATS, the line to it or a server stands
// still, and afterwards. The figures are properties of the tests: --gtest_output=xml:FILE.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>

#include "comcat/base/clock.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
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
constexpr base::Duration kFrame = 20ms;
constexpr unsigned kFeatures = 1 | 2 | 64;  // VoiceBatch, History, Return
constexpr long kGrowthKib = 16 * 1024;

int milliseconds(base::Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

/// Somebody who speaks without a pause, says at which time in each frame, and keeps what comes.
class Person {
 public:
  Person(const Namespace& machine, const ServerProcess& server, std::string name)
      : name_(std::move(name)) {
    EXPECT_TRUE(machine.run_thread([&] {
      caller_ = std::make_unique<Caller>(
          Caller::Options{.port = server.port(), .from = "127.0.0.1", .hear = [this](auto& it) {
                            hear(it, base::steady_now());
                          }});
    }));
    ClientREQ hello;
    hello.mutable_signal()->set_name(name_);
    hello.mutable_signal()->set_features(kFeatures);
    send(hello);
    EXPECT_TRUE(await(Caller::kPatience, [this] { return session() != 0; })) << name_;
    voice_ = std::jthread([this](const std::stop_token& stop) { speak(stop); });
  }
  ~Person() {
    voice_.request_stop();
    caller_->cancel();
  }

  void say(const std::string& text) {
    ClientREQ request;
    request.mutable_command()->mutable_say()->set_text(text);
    {
      const absl::MutexLock lock(&mutex_);
      request.mutable_command()->set_trace_id(++last_id_);
      said_[last_id_] = text;
    }
    send(request);
  }
  void ask_who() {
    ClientREQ request;
    request.mutable_command()->set_trace_id(kWho);
    request.mutable_command()->mutable_who()->set_room("lobby");
    send(request);
  }

  [[nodiscard]] unsigned session() const {
    const absl::MutexLock lock(&mutex_);
    return session_;
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// The first that came from `other` after `when`; base::Time::max(): nothing yet.
  [[nodiscard]] base::Time first_of(const Person& other, base::Time when) const {
    const unsigned speaker = other.session();
    const absl::MutexLock lock(&mutex_);
    const auto found = heard_.find(speaker);
    if (found == heard_.end()) return base::Time::max();
    const auto at = std::ranges::upper_bound(found->second, when, {}, &Frame::at);
    return at == found->second.end() ? base::Time::max() : at->at;
  }
  /// The longest time from one frame of `other` to the next, from `begin` on.
  [[nodiscard]] base::Duration longest_gap(const Person& other, base::Time begin) const {
    const unsigned speaker = other.session();
    const absl::MutexLock lock(&mutex_);
    base::Duration longest{};
    base::Time last = begin;
    for (const Frame& frame : heard_.at(speaker)) {
      if (frame.at <= begin) continue;
      longest = std::max(longest, frame.at - last);
      last = frame.at;
    }
    return longest;
  }
  /// How old the oldest was, of what came from `other` from `begin` on.
  [[nodiscard]] base::Duration oldest(const Person& other, base::Time begin) const {
    const unsigned speaker = other.session();
    const absl::MutexLock lock(&mutex_);
    base::Duration oldest{};
    for (const Frame& frame : heard_.at(speaker)) {
      if (frame.at > begin) oldest = std::max(oldest, frame.age);
    }
    return oldest;
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    const absl::MutexLock lock(&mutex_);
    return texts_;
  }
  [[nodiscard]] bool has_read(const std::string& text) const {
    return std::ranges::count(texts(), text) > 0;
  }
  /// Whether there is an answer to all that was said.
  [[nodiscard]] bool is_answered() const {
    const absl::MutexLock lock(&mutex_);
    return answers_.size() == said_.size();
  }
  [[nodiscard]] std::vector<std::string> answered(int status) const {
    const absl::MutexLock lock(&mutex_);
    std::vector<std::string> out;
    for (const auto& [id, its_status] : answers_) {
      if (its_status == status) out.push_back(said_.at(id));
    }
    return out;
  }
  /// Who is in the room, each "NAME" or "NAME away", by the latest answer to ask_who().
  [[nodiscard]] std::set<std::string> roster() const {
    const absl::MutexLock lock(&mutex_);
    return roster_;
  }
  /// What was told of others, in order: "an away", "an back", "an left", "an joined".
  [[nodiscard]] std::vector<std::string> told(const Person& other) const {
    const unsigned session = other.session();
    const absl::MutexLock lock(&mutex_);
    const auto found = told_.find(session);
    return found == told_.end() ? std::vector<std::string>{} : found->second;
  }

 private:
  static constexpr std::uint64_t kWho = 1'000'000;
  struct Frame {
    base::Time at;
    base::Duration age;
  };

  bool send(const ClientREQ& request) {
    const absl::MutexLock lock(&sending_);
    return caller_->send(request);
  }
  void speak(const std::stop_token& stop) {
    Metronome metronome(kFrame);
    for (unsigned sequence = 1; !stop.stop_requested(); ++sequence) {
      metronome.wait();
      const auto now = base::steady_now().time_since_epoch().count();
      std::string opus(80, 'v');
      std::memcpy(opus.data(), &now, sizeof now);
      ClientREQ request;
      request.mutable_message()->set_chunk(opus);
      request.mutable_message()->set_sequence(sequence);
      request.mutable_message()->set_timestamp(sequence * 960);
      request.mutable_message()->set_level(20);
      if (!send(request)) return;
    }
  }
  void hear(const ServerRES& response, base::Time now) {
    const absl::MutexLock lock(&mutex_);
    if (response.has_signal()) session_ = response.signal().session();
    for (const VoiceFrame& frame : response.voice().frames()) {
      base::Duration::rep sent = 0;
      std::memcpy(&sent, frame.chunk().data(), sizeof sent);
      heard_[frame.speaker()].push_back({now, now - base::Time(base::Duration(sent))});
    }
    for (const Event& event : response.events().events()) {
      if (event.has_text_said()) texts_.push_back(event.text_said().text());
      if (event.has_away()) told_[event.away().session()].emplace_back("away");
      if (event.has_back()) told_[event.back().session()].emplace_back("back");
      if (event.has_left()) told_[event.left().session()].emplace_back("left");
      if (event.has_joined()) told_[event.joined().member().session()].emplace_back("joined");
    }
    if (!response.has_outcome()) return;
    if (response.outcome().trace_id() != kWho) {
      answers_[response.outcome().trace_id()] = response.outcome().status();
      return;
    }
    roster_.clear();
    for (const Member& member : response.outcome().roster().members()) {
      roster_.insert(member.name() + (member.away() ? " away" : ""));
    }
  }

  const std::string name_;
  mutable absl::Mutex mutex_;
  unsigned session_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<unsigned, std::vector<Frame>> heard_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> texts_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, std::string> said_ ABSL_GUARDED_BY(mutex_);
  std::map<std::uint64_t, int> answers_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> roster_ ABSL_GUARDED_BY(mutex_);
  std::map<unsigned, std::vector<std::string>> told_ ABSL_GUARDED_BY(mutex_);
  absl::Mutex sending_;  // voice and words, one after the other
  std::unique_ptr<Caller> caller_;
  std::jthread voice_;
};

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
