#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "comcat/server/hub.h"
#include "comcat/server/metrics.h"
#include "comcat/wire/convert.h"

namespace comcat::server {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A caller without a network: what the hub sends is parsed, with the time at which it left.
/// While `reading`, it takes everything as soon as it may; else all waits in its queue.
class Person final : public Link {
 public:
  struct Heard {
    wire::VoicePacket frame;
    base::Time at;
  };

  Person(const base::Time& clock, const CallerLimits& limits, std::string address)
      : caller(*this, std::move(address), limits), clock_(clock) {}

  void wake() override {
    if (reading) read();
  }
  void close(const absl::Status& status) override {
    closed = status;
    if (reading) read();
  }
  void read();

  /// The events of kind T that came, in order.
  template <typename T>
  [[nodiscard]] std::vector<T> told() const {
    std::vector<T> out;
    for (const wire::Event& event : events) {
      if (const T* it = std::get_if<T>(&event)) out.push_back(*it);
    }
    return out;
  }
  /// The outcomes with this trace id.
  [[nodiscard]] std::vector<wire::Outcome> answers(std::uint64_t trace_id) const;
  [[nodiscard]] wire::SessionNumber number() const { return caller.who.number; }
  /// Forgets what has come so far.
  void forget();

  Caller caller;
  bool reading = true;
  std::vector<Heard> heard;
  std::vector<wire::Response> raw_voice;  // each message with voice, as it came
  std::vector<wire::Welcome> welcomes;
  std::vector<wire::Outcome> outcomes;
  std::vector<wire::Event> events;
  std::vector<std::string> bytes;  // each message as it came
  std::optional<absl::Status> closed;

 private:
  const base::Time& clock_;
};

/// A hub, its callers, and a clock that is moved by hand.
class House {
 public:
  explicit House(HubOptions hub_options = {}) : options(hub_options), hub(hub_options, metrics) {}

  /// Somebody who has been admitted but has not said hello.
  Person& connect(const std::string& address = "192.0.2.1");
  /// Somebody who has said hello, whom everyone has heard of; what they were told so far is
  /// forgotten.
  Person& join(const std::string& name, const std::string& room = "lobby");
  Person& join_original();

  absl::Status send(Person& person, wire::Request request) {
    return hub.receive(person.caller, std::move(request), now);
  }
  absl::Status say_hello(Person& person, const wire::Hello& hello) { return send(person, hello); }
  /// A frame of voice, numbered on; `level_dbov` as RFC 6464 has it.
  absl::Status speak(Person& person, std::uint8_t level_dbov = 30, std::string opus = "opus");
  /// Sends a command; its trace id.
  std::uint64_t command(Person& person, decltype(wire::Command::verb) verb);
  /// Asks as comcat-server --admin does: `administered` is the answer, once there is one.
  void administer(const std::string& words) {
    administered.reset();
    hub.administer(words, now, [this](const Hosts::Answer& answer, base::Time /*now*/) {
      administered = answer;
    });
  }
  void hang_up(Person& person) { hub.leave(person.caller, wire::LeaveReason::kStopped, now); }

  /// From now on the shard has more to send than it can, so that frames wait for each other.
  void make_busy() {
    hub.send_load().count(0, now - seconds(1));
    hub.send_load().count(1'000'000'000, now);
  }

  /// Moves the clock on, ticking whenever the hub wants it.
  void pass(base::Duration time);

  std::function<void()> hear_others;  // where the hub is one of several: what they say arrives
  HubOptions options;
  Metrics metrics;
  base::Time now{seconds(1'000'000)};
  std::vector<std::unique_ptr<Person>> people;
  std::optional<Hosts::Answer> administered;
  Hub hub;

 private:
  std::uint64_t last_trace_id_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace comcat::server
