// A wall clock that is set during a call, as NTP or an administrator may: nothing may hang on it.

#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <signal.h>

#include "support/caller.h"
#include "support/client_process.h"
#include "support/server_process.h"
#include "support/wall_clock.h"

namespace comcat::testing {
namespace {

/// Whether voice of the speaker with this name keeps coming: two seconds of it.
bool keeps_hearing(Caller& listener) {
  for (int frame = 0; frame < 100; ++frame) {
    if (!listener.wait_for_voice()) return false;
  }
  return true;
}

/// A call that goes on, and `then`, each time that the clock is set: a day ahead, back, right.
void jump_during_a_call(const WallClock& clock, Caller& listener,
                        const std::function<void()>& then) {
  ASSERT_TRUE(listener.hello("listener"));
  ASSERT_TRUE(keeps_hearing(listener));
  for (const char* const offset : {"+1d", "-1d", "+0d"}) {
    SCOPED_TRACE(offset);
    clock.jump(offset);
    EXPECT_TRUE(keeps_hearing(listener));
    then();
  }
  clock.jump("+1d");
}

bool comes_and_goes(const ServerProcess& server, const std::string& name) {
  ClientProcess guest(server, name, {"--input=null", "--output=null"});
  return guest.prints("type help") && guest.stop() == 0;
}

TEST(WallClock, OfTheServerMayJumpDuringACall) {
  COMCAT_NEEDS_WALL_CLOCK();
  const WallClock clock;
  ServerProcess server({}, false, clock.options());
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null"});
  ASSERT_TRUE(an.prints("type help"));
  Caller listener({.port = server.port()});
  jump_during_a_call(clock, listener, [&] { EXPECT_TRUE(comes_and_goes(server, "binh")); });
  EXPECT_EQ(0, an.stop());
  server.process().signal(SIGTERM);
  EXPECT_TRUE(listener.wait_for([](const ServerRES& r) { return event_of(r).has_draining(); }));
  EXPECT_EQ("the server is shutting down", listener.status().error_message());
  EXPECT_EQ(0, server.process().wait_exit());
  const std::string log = server.process().output(Process::kErr);
  EXPECT_EQ(std::string::npos, log.find("reason=lost")) << log;
  EXPECT_EQ(std::string::npos, log.find("do not read")) << log;
  EXPECT_LT(log.find("stopping"), log.find("reason=closed")) << log;
}

TEST(WallClock, OfAClientMayJumpDuringACall) {
  COMCAT_NEEDS_WALL_CLOCK();
  const WallClock clock;
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=tone:440", "--output=null"}, clock.options());
  ASSERT_TRUE(an.prints("type help"));
  Caller listener({.port = server.port()});
  jump_during_a_call(clock, listener, [&] {
    an.type("rooms");
    EXPECT_TRUE(an.prints("lobby"));
  });
  EXPECT_EQ(0, an.stop());
  const std::string& said = an.process().output(Process::kOut);
  EXPECT_EQ(std::string::npos, said.find("connecting again")) << said;
  EXPECT_EQ(std::string::npos, said.find("has not answered")) << said;
  EXPECT_TRUE(server.logs("name=an reason=stopped"));
}

}  // namespace
}  // namespace comcat::testing
