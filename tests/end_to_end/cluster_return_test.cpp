// A server of a cluster is killed, or drained: its callers go on at another, as who they were.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "support/caller.h"
#include "support/client_process.h"
#include "support/nats_server.h"
#include "support/process.h"
#include "support/sanitizers.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kFeatures = 1 | 64 | 256;  // VoiceBatch, Return, Servers

std::vector<std::string> node_flags(const NatsServer& nats, const std::string& name) {
  return {"--nats=" + nats.url(), "--cluster=test", "--node=" + name, "--advertise=127.0.0.1"};
}

// ---- by the real client

/// Two servers with TLS, somebody at one of them and a listener at the other.
struct TwoServers : ::testing::Test {
  TwoServers() {
    EXPECT_TRUE(a.has_logged(" node_found node=b ") && b.has_logged(" node_found node=a "));
    EXPECT_TRUE(bo.hello("bo"));
    an = std::make_unique<ClientProcess>(
        a, "an",
        std::vector<std::string>{"--trust=" + a.fingerprint(), "--input=tone:440",
                                 "--output=null"});
    EXPECT_TRUE(an->prints("connected to " + a.host() + " as an"));
    const auto joined = bo.wait_for(
        [](const ServerRES& it) { return event_of(it).joined().member().name() == "an"; });
    if (joined) session = event_of(*joined).joined().member().session();
    EXPECT_TRUE(hears_an());
  }

  bool hears_an() {
    const auto is_voice = [&](const ServerRES& it) {
      return std::ranges::any_of(
          it.voice().frames(), [&](const VoiceFrame& frame) { return frame.speaker() == session; });
    };
    return bo.wait_for(is_voice).has_value();
  }
  /// Until `an` is heard, and then in what the server knows: nobody came or went.
  bool sees_nobody_come_or_go() {
    ClientREQ who;
    who.mutable_command()->set_trace_id(7);
    who.mutable_command()->mutable_who()->set_room("lobby");
    bo.send(who);
    const auto first = bo.wait_for([](const ServerRES& it) {
      return event_of(it).has_left() || event_of(it).has_joined() || it.outcome().trace_id() == 7;
    });
    if (!first || !first->has_outcome()) return false;
    const Roster& roster = first->outcome().roster();
    return roster.members_size() == 2 &&
           std::ranges::any_of(roster.members(), [&](const Member& it) {
             return it.session() == session && it.name() == "an" && !it.away();
           });
  }

  NatsServer nats;
  ServerProcess a{node_flags(nats, "a"), /*tls=*/true};
  ServerProcess b{node_flags(nats, "b"), /*tls=*/true};
  Caller bo{Caller::Options{.port = b.port(), .tls = true}};
  std::unique_ptr<ClientProcess> an;
  unsigned session = 0;
};

TEST_F(TwoServers, WhoseServerIsKilledGoesOnAtTheOtherAndNobodySeesThemLeave) {
  a.process().signal(SIGKILL);
  EXPECT_TRUE(an->prints("connected again to " + b.host() + " as an"));
  EXPECT_TRUE(sees_nobody_come_or_go());
  EXPECT_TRUE(hears_an());
  EXPECT_EQ(0, an->stop());
  EXPECT_EQ(std::string::npos, an->process().output(Process::kErr).find("fingerprint"));
}

TEST_F(TwoServers, WhoseServerIsDrainedGoesOnAtTheOtherAndItsVoiceGoesOn) {
  a.process().signal(SIGTERM);
  EXPECT_TRUE(an->prints("the server is shutting down; you go on at another of its cluster"));
  EXPECT_TRUE(an->prints("connected again to " + b.host() + " as an"));
  EXPECT_TRUE(sees_nobody_come_or_go());
  EXPECT_TRUE(hears_an());
  EXPECT_EQ(0, a.process().wait_exit());
  EXPECT_EQ(0, an->stop());
}

// ---- many, on the wire

/// Somebody who keeps what is told of others, and comes back by the key.
class Guest {
 public:
  Guest(std::string name, std::string room) : name_(std::move(name)), room_(std::move(room)) {}

  /// Calls `server`, with the key that it was given last.
  void call(const ServerProcess& server) {
    caller_.reset();
    {
      const absl::MutexLock lock(&mutex_);
      welcomed_ = false;
    }
    caller_ = std::make_unique<Caller>(Caller::Options{
        .port = server.port(), .hear = [this](const ServerRES& response) { hear(response); }});
    ClientREQ hello;
    hello.mutable_signal()->set_name(name_);
    hello.mutable_signal()->set_room(room_);
    hello.mutable_signal()->set_features(kFeatures);
    hello.mutable_signal()->set_resume_key(key());
    caller_->send(hello);
  }
  bool is_welcomed(std::chrono::milliseconds patience) {
    const absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&welcomed_), absl::FromChrono(patience));
    return welcomed_;
  }
  /// Whether the call ends with a refusal: the name is taken, or somebody comes by the key just
  /// now.
  bool is_refused() {
    const grpc::StatusCode code = caller_->status().error_code();
    return code == grpc::StatusCode::ALREADY_EXISTS || code == grpc::StatusCode::ABORTED;
  }
  void speak() { caller_->send_voice("voice of " + name_, ++sequence_); }
  void hang_up() { caller_.reset(); }
  void forget() {
    const absl::MutexLock lock(&mutex_);
    left_.clear();
    heard_.clear();
  }

  [[nodiscard]] unsigned session() const {
    const absl::MutexLock lock(&mutex_);
    return session_;
  }
  [[nodiscard]] std::string key() const {
    const absl::MutexLock lock(&mutex_);
    return key_;
  }
  void set_key(const std::string& key) {
    const absl::MutexLock lock(&mutex_);
    key_ = key;
  }
  [[nodiscard]] std::size_t left() const {
    const absl::MutexLock lock(&mutex_);
    return left_.size();
  }
  /// Whether `speaker` has been heard, or is within `patience`.
  [[nodiscard]] bool hears(unsigned speaker, std::chrono::milliseconds patience) const {
    const auto is_heard = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return heard_.contains(speaker);
    };
    const absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&is_heard), absl::FromChrono(patience));
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& room() const { return room_; }

 private:
  void hear(const ServerRES& response) {
    const absl::MutexLock lock(&mutex_);
    if (response.has_signal()) {
      session_ = response.signal().session();
      key_ = response.signal().resume_key();
      welcomed_ = true;
    }
    for (const VoiceFrame& frame : response.voice().frames()) heard_.insert(frame.speaker());
    for (const Event& event : response.events().events()) {
      if (event.has_left()) left_.insert(event.left().session());
    }
  }

  const std::string name_;
  const std::string room_;
  mutable absl::Mutex mutex_;
  bool welcomed_ ABSL_GUARDED_BY(mutex_) = false;
  unsigned session_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string key_ ABSL_GUARDED_BY(mutex_);
  std::set<unsigned> left_ ABSL_GUARDED_BY(mutex_);
  std::set<unsigned> heard_ ABSL_GUARDED_BY(mutex_);
  unsigned sequence_ = 0;
  std::unique_ptr<Caller> caller_;
};

/// COMCAT_KILL_ROUNDS and COMCAT_KILL_CALLERS make it longer and more crowded.
int number_of(const char* variable, int otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

/// Three servers, with rooms that span all.
class ThreeServers : public ::testing::Test {
 protected:
  static constexpr std::chrono::seconds kBack{kSanitized ? 20 : 5};
  static constexpr std::size_t kRooms = 5;

  ThreeServers() {
    for (std::size_t i = 0; i < 3; ++i) start(i);
    const int callers = number_of("COMCAT_KILL_CALLERS", 15);
    for (int i = 0; i < callers; ++i) {
      const auto number = static_cast<std::size_t>(i);
      guests_.push_back(std::make_unique<Guest>("g" + std::to_string(i),
                                                "room " + std::to_string(number % kRooms)));
      at_[guests_.back().get()] = number / kRooms % 3;
      guests_.back()->call(*servers_[number / kRooms % 3]);
      EXPECT_TRUE(guests_.back()->is_welcomed(Caller::kPatience));
    }
  }
  ~ThreeServers() override {
    for (const auto& guest : guests_) guest->hang_up();
  }

  void start(std::size_t index) {
    const std::string name = "n" + std::to_string(++last_node_);
    if (servers_.size() <= index) servers_.resize(index + 1);
    servers_[index] = std::make_unique<ServerProcess>(node_flags(nats_, name));
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      if (i == index) continue;
      EXPECT_TRUE(servers_[i]->logs(" node_found node=" + name + " "));
    }
  }
  std::vector<Guest*> guests_at(std::size_t index) const {
    std::vector<Guest*> out;
    for (const auto& [guest, at] : at_) {
      if (at == index) out.push_back(guest);
    }
    return out;
  }
  bool all_are_heard(const std::vector<Guest*>& speakers, Clock::time_point deadline) {
    return std::ranges::all_of(speakers, [&](Guest* speaker) {
      return std::ranges::all_of(guests_, [&](const auto& listener) {
        if (listener.get() == speaker || listener->room() != speaker->room()) return true;
        do {
          speaker->speak();
          if (listener->hears(speaker->session(), std::chrono::milliseconds(20))) return true;
        } while (Clock::now() < deadline);
        return false;
      });
    });
  }

  NatsServer nats_;
  int last_node_ = 0;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
  std::vector<std::unique_ptr<Guest>> guests_;
  std::map<Guest*, std::size_t> at_;
};

TEST_F(ThreeServers, WhenOneIsKilledItsCallersAreBackAndHeardAndNobodyIsSeenToLeave) {
  for (int round = 0, rounds = number_of("COMCAT_KILL_ROUNDS", 1); round < rounds; ++round) {
    const std::size_t dead = static_cast<std::size_t>(round) % servers_.size();
    const std::vector<Guest*> lost = guests_at(dead);
    ASSERT_FALSE(lost.empty());
    std::map<Guest*, std::pair<unsigned, std::string>> before;
    for (Guest* const guest : lost) before[guest] = {guest->session(), guest->key()};
    std::vector<Guest*> all;
    for (const auto& guest : guests_) all.push_back(guest.get());
    for (Guest* const guest : all) guest->forget();
    ASSERT_TRUE(all_are_heard(all, Clock::now() + Caller::kPatience)) << "before round " << round;
    for (Guest* const guest : all) guest->forget();
    servers_[dead]->process().signal(SIGKILL);
    const auto began = Clock::now();
    for (std::size_t i = 0; i < lost.size(); ++i) {
      at_[lost[i]] = (dead + 1 + i % 2) % servers_.size();
      lost[i]->call(*servers_[at_[lost[i]]]);
    }
    for (Guest* const guest : lost) {
      ASSERT_TRUE(guest->is_welcomed(Caller::kPatience)) << guest->name();
      EXPECT_EQ(before[guest].first, guest->session()) << guest->name();
      EXPECT_NE(before[guest].second, guest->key());
    }
    EXPECT_TRUE(all_are_heard(lost, began + kBack)) << "round " << round;
    for (const auto& guest : guests_) EXPECT_EQ(0U, guest->left()) << guest->name();
    if (round + 1 == rounds) break;
    for (const auto& server : servers_) {
      if (server == servers_[dead]) continue;
      EXPECT_TRUE(server->logs(" node_gone "));
    }
    start(dead);
  }
}

TEST_F(ThreeServers, AKeyIsGoodOnceAndAForgedOneForNothing) {
  Guest& an = *guests_at(0).front();
  const std::string old_key = an.key();
  servers_[0]->process().signal(SIGKILL);
  an.call(*servers_[1]);
  ASSERT_TRUE(an.is_welcomed(Caller::kPatience));
  for (const std::string& key : {old_key, std::string(16, 'e')}) {
    Guest eve(an.name(), an.room());
    eve.set_key(key);
    eve.call(*servers_[2]);
    EXPECT_TRUE(eve.is_refused());
  }
  EXPECT_TRUE(all_are_heard({&an}, Clock::now() + kBack)) << "who it was before is not touched";
}

}  // namespace
}  // namespace comcat::testing
