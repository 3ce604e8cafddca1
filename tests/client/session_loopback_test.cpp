// Hearing oneself through the server.

#include <gmock/gmock.h>

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kOn =
    "you hear yourself, through the server and back; stats says how late, and loopback off ends it";

class LoopbackWord : public InACall {
 protected:
  using InACall::InACall;
  [[nodiscard]] bool asked_for() const {
    return std::get<wire::SetLoopback>(world_.sent.back().verb).loopback;
  }
};

TEST_F(LoopbackWord, IsAskedOfTheServerAndTold) {
  type("loopback");
  EXPECT_THAT(world_.take_texts(), ElementsAre("you do not hear yourself"));
  EXPECT_THAT(world_.sent, IsEmpty());
  type("loopback on");
  EXPECT_TRUE(asked_for());
  EXPECT_THAT(world_.take_texts(), ElementsAre(kOn));
  answer();
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  type("loopback off");
  EXPECT_FALSE(asked_for());
  EXPECT_THAT(world_.take_texts(), ElementsAre("you do not hear yourself"));
}

TEST_F(LoopbackWord, WhereTheServerKnowsNothingOfItTheUserIsToldAndNotAskedForAgain) {
  type("loopback on");
  world_.take_texts();
  answer(12, "this server is older than the client and does not know this command");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("this server is older than the client and does not know this command"));
  world_.sent.clear();
  session_.on_welcome(welcome(1));
  session_.step(now_);
  EXPECT_THAT(world_.sent, IsEmpty());
}

TEST_F(LoopbackWord, IsAskedForAgainAfterAnOutageWithoutAWord) {
  type("loopback on");
  answer();
  session_.on_interrupted({});
  world_.sent.clear();
  session_.on_welcome(welcome(1));
  world_.take_texts();
  session_.step(now_);
  ASSERT_EQ(1U, world_.sent.size());
  EXPECT_TRUE(asked_for());
  answer();
  EXPECT_THAT(world_.take_texts(), IsEmpty());
}

class LoopbackFlag : public LoopbackWord {
 protected:
  LoopbackFlag() : LoopbackWord(options()) {}
  static Session::Options options() {
    Session::Options out{"an", "lobby", "example.org:50051", false};
    out.loopback = true;
    return out;
  }
};

TEST_F(LoopbackFlag, IsAskedForWithTheFirstWelcome) {
  session_.step(now_);
  ASSERT_EQ(1U, world_.sent.size());
  EXPECT_TRUE(asked_for());
}

}  // namespace
}  // namespace comcat::client
