#pragma once

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/town.h"

namespace comcat::server {

/// Three nodes, people at each of them, and what a host asks for at the first.
struct ThreeHouses : ::testing::Test {
  Town town{3};
  House& here = town.nodes[0]->house;
  House& there = town.nodes[1]->house;
  House& yonder = town.nodes[2]->house;

  Person& join(House& house, const std::string& name, const std::string& room = "lobby") {
    Person& person = house.join(name, room);
    town.pass(milliseconds(200));
    return person;
  }
  /// What comcat-server --admin gets at `here`.
  std::string admin(const std::string& words, base::Duration patience = milliseconds(50)) {
    here.administer(words);
    town.pass(patience);
    if (!here.administered) return "no answer";
    const Hosts::Answer& answer = *here.administered;
    return answer.ok() ? *answer : std::string(answer.status().message());
  }
  /// The outcome of a command.
  wire::Outcome outcome(House& house, Person& person, decltype(wire::Command::verb) verb,
                        base::Duration patience = milliseconds(50)) {
    const std::uint64_t id = house.command(person, std::move(verb));
    town.pass(patience);
    const auto answers = person.answers(id);
    EXPECT_THAT(answers, ::testing::SizeIs(1));
    return answers.empty() ? wire::Outcome{id, -1, "no answer", {}} : answers[0];
  }
};

}  // namespace comcat::server
