// Other devices within a call.

#include <string>

#include "comcat/audio/sound_writer.h"

#include "end_to_end/client_fixtures.h"
#include "support/tone.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using SoundWords = InACall;

TEST_F(SoundWords, AnotherInputIsHeardWithoutANewCall) {
  Process listener(as("listener", {"--json", "--speaking_events"}));
  ASSERT_TRUE(listener.wait_for_line(Process::kOut, "\"connected\""));
  Process an(as("an"));
  ASSERT_TRUE(listener.wait_for_line(Process::kOut, "\"joined\""));
  an.write("input tone:440\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "microphone: tone:440; loudspeaker: null"));
  EXPECT_TRUE(listener.wait_for_line(Process::kOut, "\"speaking\""));
  an.write("input file:nowhere.wav\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "nowhere.wav"));
  an.write("input\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "microphone: tone:440; loudspeaker: null"));
  an.write("input null\n");
  EXPECT_TRUE(listener.wait_for_line(Process::kOut, "\"quiet\""));
  const std::string heard_wav = directory_.path() + "/heard.wav";
  an.write("output file:" + heard_wav + "\ninput -\nlevels\nstop\n");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_THAT(an.output(Process::kOut), HasSubstr("loudspeaker: file:" + heard_wav));
  EXPECT_THAT(an.output(Process::kOut), HasSubstr("--input - is for a whole call"));
  EXPECT_THAT(an.output(Process::kOut), HasSubstr("your microphone: "));
  const std::string& heard = listener.output(Process::kOut);
  EXPECT_EQ(std::string::npos, heard.find("\"event\":\"away\"")) << heard;
}

TEST_F(SoundWords, AFileIsSpokenIntoTheCallWhileItLasts) {
  const std::string path = directory_.path() + "/horn.wav";
  auto file = audio::SoundWriter::create(path);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->write(tone(440, 0.5, 24'000, 0)).ok() && file->finish().ok());
  Process listener(as("listener", {"--json", "--speaking_events"}));
  ASSERT_TRUE(listener.wait_for_line(Process::kOut, "\"connected\""));
  Process bot(as("bot", {"--activation=push"}));
  ASSERT_TRUE(listener.wait_for_line(Process::kOut, "\"joined\""));
  bot.write("play " + path + "\n");
  EXPECT_TRUE(bot.wait_for_line(Process::kOut, "you play " + path + " to the room"));
  EXPECT_TRUE(listener.wait_for_line(Process::kOut, "\"speaking\""));
  EXPECT_TRUE(bot.wait_for_line(Process::kOut, path + " has been played"));
  EXPECT_TRUE(listener.wait_for_line(Process::kOut, "\"quiet\""));
  bot.write("play " + path + "\nplay off\nstop\n");
  EXPECT_EQ(0, bot.wait_exit());
  EXPECT_THAT(bot.output(Process::kOut), HasSubstr("you play " + path + " no longer"));
}

TEST_F(SoundWords, OneHearsOneselfAndNobodyElseNotices) {
  Process listener(as("listener", {"--json", "--speaking_events"}));
  ASSERT_TRUE(listener.wait_for_line(Process::kOut, "\"connected\""));
  Process an(as("an", {"--json", "--speaking_events", "--loopback", "--input=tone:440"}));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "\"loopback\",\"text\":\"you hear yourself, "));
  const auto heard = an.wait_for_line(Process::kOut, "\"speaking\"");
  ASSERT_TRUE(heard);
  EXPECT_THAT(*heard, HasSubstr("\"name\":\"an\""));
  bool told = false;  // once what came has been played, too
  for (int asked = 0; asked < 200 && !told; ++asked) {
    an.write("stats\n");
    const auto line = an.wait_for_line(Process::kOut, "\"event\":\"stats\"");
    ASSERT_TRUE(line);
    told = line->find("\"loopback_ms\":") != std::string::npos;
  }
  EXPECT_TRUE(told);
  an.write("loopback off\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "\"quiet\""));
  an.write("stop\n");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_TRUE(listener.wait_for_line(Process::kOut, "\"left\""));
  EXPECT_THAT(listener.output(Process::kOut), Not(HasSubstr("loopback")));
}

}  // namespace
}  // namespace comcat::testing
