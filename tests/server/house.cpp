#include "server/house.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace comcat::server {

void Person::read() {
  while (caller.listener.ready()) {
    std::string message;
    const auto next = caller.listener.take(clock_);
    for (const Payload& part : next.parts) message += *part;
    if (message.empty()) return;
    bytes.push_back(message);
    const auto parsed = wire::parse_response(std::as_bytes(std::span(message)));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    if (const auto* frames = std::get_if<wire::VoicePackets>(&*parsed)) {
      raw_voice.push_back(*parsed);
      for (const wire::VoicePacket& frame : *frames) heard.push_back({frame, clock_});
    } else if (const auto* welcome = std::get_if<wire::Welcome>(&*parsed)) {
      welcomes.push_back(*welcome);
    } else if (const auto* outcome = std::get_if<wire::Outcome>(&*parsed)) {
      outcomes.push_back(*outcome);
    } else if (const auto* some = std::get_if<wire::Events>(&*parsed)) {
      events.insert(events.end(), some->begin(), some->end());
    }
  }
}

std::vector<wire::Outcome> Person::answers(std::uint64_t trace_id) const {
  std::vector<wire::Outcome> out;
  std::copy_if(outcomes.begin(), outcomes.end(), std::back_inserter(out),
               [&](const wire::Outcome& outcome) { return outcome.trace_id == trace_id; });
  return out;
}

void Person::forget() {
  heard.clear();
  raw_voice.clear();
  welcomes.clear();
  outcomes.clear();
  events.clear();
  bytes.clear();
}

Person& House::connect(const std::string& address) {
  people.push_back(std::make_unique<Person>(now, options.caller, address));
  hub.open(people.back()->caller, now);
  people.back()->caller.device.nonce = Device::make_nonce();
  return *people.back();
}

Person& House::join(const std::string& name, const std::string& room) {
  Person& person = connect();
  const absl::Status status = say_hello(person, {name, room, "", wire::kFeatureVoiceBatch});
  EXPECT_TRUE(status.ok()) << status;
  if (hear_others) hear_others();
  EXPECT_EQ(1U, person.welcomes.size());
  pass(Room::kEventGap);
  person.forget();
  return person;
}

Person& House::join_original() {
  Person& person = connect();
  const absl::Status status = say_hello(person, {});
  EXPECT_TRUE(status.ok()) << status;
  pass(Room::kEventGap);
  person.forget();
  return person;
}

absl::Status House::speak(Person& person, std::uint8_t level_dbov, std::string opus) {
  wire::VoicePacket frame;
  frame.sequence = sequence_++;
  frame.timestamp = frame.sequence * 960;
  frame.duration_samples = 960;
  frame.level_dbov = level_dbov;
  frame.payload = std::move(opus);
  return send(person, wire::VoiceUp{std::move(frame), ""});
}

std::uint64_t House::command(Person& person, decltype(wire::Command::verb) verb) {
  const std::uint64_t trace_id = ++last_trace_id_;
  EXPECT_TRUE(send(person, wire::Command{trace_id, std::move(verb)}).ok());
  return trace_id;
}

void House::pass(base::Duration time) {
  const base::Time end = now + time;
  hub.tick(now);  // as after whatever has happened
  for (base::Time due = hub.next_deadline(now); due <= end; due = hub.next_deadline(now)) {
    now = std::max(now, due);
    hub.tick(now);
  }
  now = end;
}

}  // namespace comcat::server
