// comcat-client --check, where there is no sound device.

#include <string>
#include <vector>

#include "end_to_end/client_fixtures.h"
#include "support/silent_port.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;

class SetupCheck : public InACall {
 protected:
  [[nodiscard]] std::vector<std::string> checking(std::vector<std::string> flags) const {
    flags.insert(flags.begin(), {program("comcat-client"), "--check", "--input=tone:440",
                                 "--output=null", "--state_dir=" + directory_.path()});
    return flags;
  }
};

TEST_F(SetupCheck, SaysWhatItCannotJudgeWithoutADevice) {
  Process check(checking({}));
  EXPECT_EQ(0, check.wait_exit());
  const std::string& said = check.output(Process::kOut);
  EXPECT_THAT(said, HasSubstr("microphone: cannot be judged, as --input tone:440 is no sound "));
  EXPECT_THAT(said, HasSubstr("loudspeaker: cannot be judged, as --output null is no sound "));
  EXPECT_THAT(said, HasSubstr("echo: cannot be judged"));
  EXPECT_THAT(said, HasSubstr("delay: cannot be judged"));
  EXPECT_THAT(said, HasSubstr("what could be judged is fine"));
  EXPECT_EQ("", check.output(Process::kErr));
}

TEST_F(SetupCheck, ServerIsTriedInARoomWhereNobodyNotices) {
  Process listener(as("listener", {"--json"}));
  ASSERT_TRUE(listener.wait_for_line(Process::kOut, "\"connected\""));
  Process check(as("an", {"--check", "--json"}));
  EXPECT_EQ(0, check.wait_exit());
  const std::string& said = check.output(Process::kOut);
  EXPECT_THAT(said, HasSubstr("\"subject\":\"server\",\"verdict\":\"fine\""));
  EXPECT_THAT(said, HasSubstr("\"voice_trip_us\":"));
  EXPECT_THAT(said, HasSubstr("\"subject\":\"datagrams\",\"verdict\":"));
  EXPECT_THAT(said, HasSubstr("\"subject\":\"delay\",\"verdict\":\"fine\""));
  EXPECT_THAT(said, HasSubstr("\"event\":\"checked\""));
  EXPECT_EQ(std::string::npos, listener.output(Process::kOut).find("joined"));
}

TEST_F(SetupCheck, ThatNobodyIsThereIsSaidByWordsAndExitCode) {
  const SilentPort nobody(/*open=*/false);
  Process check(checking({"--host=" + nobody.host(), "--insecure"}));
  EXPECT_EQ(5, check.wait_exit());
  EXPECT_THAT(check.output(Process::kOut), HasSubstr("server: "));
  EXPECT_THAT(check.output(Process::kOut), HasSubstr("not all is fine"));
}

TEST_F(SetupCheck, OfADeviceThatIsNotThereSaysSo) {
  Process check({program("comcat-client"), "--check", "--input=file:nowhere.wav", "--output=null",
                 "--state_dir=" + directory_.path()});
  EXPECT_EQ(6, check.wait_exit());
  EXPECT_THAT(check.output(Process::kOut), HasSubstr("nowhere.wav"));
}

}  // namespace
}  // namespace comcat::testing
