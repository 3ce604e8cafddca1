#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/base/clock.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "support/caller.h"
#include "support/metronome.h"
#include "support/namespace.h"
#include "support/server_process.h"

namespace comcat::testing {

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
  static constexpr std::chrono::milliseconds kFrame{20};
  static constexpr unsigned kFeatures = 1 | 2 | 64;  // VoiceBatch, History, Return
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

}  // namespace comcat::testing
