#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "support/caller.h"

/// Saying and reading texts on the wire. Threads: the test's.
namespace comcat::testing {

constexpr unsigned kTextFeatures = 1 | 2;  // VoiceBatch, History

/// The id of what is to be answered.
inline std::uint64_t say(Caller& caller, const std::string& text) {
  static std::uint64_t trace_id = 0;
  ClientREQ request;
  request.mutable_command()->set_trace_id(++trace_id);
  request.mutable_command()->mutable_say()->set_text(text);
  caller.send(request);
  return trace_id;
}

inline Outcome answer(Caller& caller, std::uint64_t trace_id) {
  const auto got =
      caller.wait_for([&](const ServerRES& it) { return it.outcome().trace_id() == trace_id; });
  return got ? got->outcome() : Outcome();
}

/// Before what was refused at once is said again: without, that is a flood. What comes meanwhile is
/// dropped.
inline void let_a_moment_pass(Caller& caller) {
  constexpr std::chrono::milliseconds kMoment{20};
  std::ignore = caller.wait_for([](const ServerRES& /*any*/) { return false; }, kMoment);
}

/// Says it until it is said.
inline bool say_at_last(Caller& caller, const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + Caller::kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    const std::uint64_t trace_id = say(caller, text);
    const Outcome outcome = answer(caller, trace_id);
    if (outcome.trace_id() == trace_id && outcome.status() == 0) return true;
    let_a_moment_pass(caller);
  }
  return false;
}

/// What is said to `caller` up to `last`, and the numbers.
inline std::vector<std::string> texts_until(Caller& caller, const std::string& last) {
  std::vector<std::string> texts;
  std::uint64_t number = 0;
  while (texts.empty() || texts.back() != last) {
    const auto got =
        caller.wait_for([](const ServerRES& it) { return event_of(it).has_text_said(); });
    if (!got) {
      ADD_FAILURE() << "never heard " << last;
      break;
    }
    const TextSaid& said = event_of(*got).text_said();
    EXPECT_GT(said.number(), number);
    number = said.number();
    texts.push_back(said.text());
  }
  return texts;
}

}  // namespace comcat::testing
