// Tab on a terminal: what it knows of the call, and what is then on the screen.

#include <algorithm>
#include <fstream>
#include <string>

#include "end_to_end/client_fixtures.h"
#include "support/screen.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class TabInACall : public InACall {
 protected:
  TabInACall() {
    options_.input = Process::Input::kTerminal;
    options_.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};
    options_.without = {"COMCAT_PASSCODE"};
  }
  [[nodiscard]] Lines shown_from(const std::string& first, const Process& client) const {
    Screen screen(options_.columns);
    screen.write(client.output(Process::kOut));
    const Lines lines = screen.lines();
    return {std::find(lines.begin(), lines.end(), first), lines.end()};
  }
  /// Waits until the screen shows `wanted` at its end.
  [[nodiscard]] bool shows(Process& client, const Lines& wanted) const {
    const auto end = std::chrono::steady_clock::now() + Process::kPatience;
    while (shown_from(wanted.front(), client) != wanted) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::ignore = client.wait_for_text(Process::kOut, "\x01", 20ms);
    }
    return true;
  }
  Process::Options options_;
};

TEST_F(TabInACall, KnowsThePeopleOfTheRoomAndQuotesThem) {
  Process an(as("an", {"--nostatus_line"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  Process thu(as("Anh Thư"));
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "Anh Thư joined"));
  Process binh(as("binh, the 2nd"));
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "binh, the 2nd\" joined"));
  an.write("volume anh\t80\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "you hear Anh Thư at 80 %"))
      << an.output(Process::kOut);
  an.write("volume B\t70\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "you hear \"binh, the 2nd\" at 70 %"))
      << an.output(Process::kOut);
}

TEST_F(TabInACall, KnowsTheRoomsOfTheServerAndListsThemAtTheSecondTab) {
  Process binh(as("binh", {"--room=attic"}));
  Process chi(as("chi", {"--room=attic window"}));
  ASSERT_TRUE(binh.wait_for_text(Process::kOut, "connected to"));
  ASSERT_TRUE(chi.wait_for_text(Process::kOut, "connected to"));
  options_.columns = 40;
  Process an(as("an", {"--nostatus_line"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  an.write("join \"at\t");
  ASSERT_TRUE(shows(an, {"> join \"attic"}));
  an.write("\t");
  ASSERT_TRUE(shows(an, {"\"attic\"  \"attic window\"", "> join \"attic"}))
      << an.output(Process::kOut);
  an.write(" w\t\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "in the room attic window: "))
      << an.output(Process::kOut);
}

TEST_F(TabInACall, KnowsTheSoundDevicesOfThisMachine) {
  const std::string alsa = directory_.path() + "/alsa.conf";
  // PortAudio aborts where there is no sound card at all.
  std::ofstream(alsa) << "pcm.absent { type hw card 31 }\npcm.quietest { type null }\n";
  options_.environment.insert(options_.environment.end(),
                              {{"ALSA_CONFIG_PATH", alsa},
                               {"JACK_NO_START_SERVER", "1"},
                               {"JACK_DEFAULT_SERVER", "comcat-nobody"}});
  Process an(as("an", {"--nostatus_line"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  an.write("output qu\t");
  EXPECT_TRUE(shows(an, {"> output quietest"})) << an.output(Process::kOut);
  an.write("\x15mute\rinput QUI\t");
  EXPECT_TRUE(shows(an, {"you are muted: nobody hears you", "(muted) > input quietest"}))
      << an.output(Process::kOut);
}

TEST_F(TabInACall, At40ColumnsALineThatGrowsOverTheEdgeIsDrawnOnce) {
  options_.columns = 40;
  const std::string name = "somebody with a name of 32 chars";
  Process other(as(name));
  ASSERT_TRUE(other.wait_for_text(Process::kOut, "connected to"));
  Process an(as("an", {"--nostatus_line"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  an.write("mute\rvolume some\t");
  EXPECT_TRUE(shows(an, {"you are muted: nobody hears you",
                         "(muted) > volume \"somebody with a name o", "f 32 chars\""}))
      << ::testing::PrintToString(shown_from("> mute", an));
}

}  // namespace
}  // namespace comcat::testing
