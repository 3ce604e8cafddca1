// A line of several rows on a terminal whose width changes.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "end_to_end/client_fixtures.h"
#include "support/screen.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class AResizedTerminal : public InACall {
 protected:
  AResizedTerminal() {
    options_.input = Process::Input::kTerminal;
    options_.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};
    options_.without = {"COMCAT_PASSCODE"};
    options_.columns = kColumns;
  }
  /// Draws what has come since.
  void draw(const Process& client) {
    const std::string& output = client.output(Process::kOut);
    screen_.write(output.substr(drawn_bytes_));
    drawn_bytes_ = output.size();
  }
  void resize(Process& client, unsigned short columns) {
    draw(client);
    resized_at_bytes_ = drawn_bytes_;
    screen_.resize(columns);
    columns_ = columns;
    client.resize(columns);
  }
  /// True where the screen ends with the prompt, which is there once, `typed` and the cursor.
  [[nodiscard]] static bool ends_with(const Screen& screen, const Screen& typed) {
    const Lines rows = typed.lines();
    const Lines all = screen.lines();
    if (all.size() < rows.size()) return false;
    const std::size_t first = all.size() - rows.size();
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    const auto is_prompt = [](const std::string& line) { return line.starts_with(">"); };
    return std::equal(rows.begin(), rows.end(), begin) &&
           std::none_of(all.begin(), begin, is_prompt) &&
           screen.cursor_row() == first + typed.cursor_row() &&
           screen.cursor_column() == typed.cursor_column();
  }
  [[nodiscard]] bool is_drawn_anew(const Process& client) const {
    if (resized_at_bytes_ == 0) return true;
    return client.output(Process::kOut).find("\033[J", resized_at_bytes_) != std::string::npos;
  }
  /// True where the lines above are those that were there the first time.
  bool keeps_what_is_above(const Screen& screen) {
    const Lines all = screen.lines();
    const Lines above(all.begin(), std::find_if(all.begin(), all.end(), [](const auto& line) {
                        return line.starts_with(">");
                      }));
    if (above_.empty()) above_ = above;
    return above == above_;
  }
  /// Waits until the line is drawn, after the last resize, so that its rows are known for one line.
  bool shows_once(Process& client, const std::string& typed) {
    const auto end = std::chrono::steady_clock::now() + Process::kPatience;
    while (std::chrono::steady_clock::now() < end) {
      std::ignore = client.wait_for_text(Process::kOut, "\x01", 20ms);  // which never comes
      draw(client);
      Screen wanted(columns_);
      wanted.write("> " + typed + " \b");  // which has the cursor leave a full row
      if (!is_drawn_anew(client) || !ends_with(screen_, wanted)) continue;
      Screen wide = screen_;
      wide.resize(kAll);
      wanted.resize(kAll);
      if (ends_with(wide, wanted) && keeps_what_is_above(wide)) return true;
    }
    return false;
  }

  static constexpr std::uint16_t kColumns = 40;
  static constexpr std::size_t kAll = 200;  // of one row
  Process::Options options_;
  Screen screen_{kColumns};
  std::size_t drawn_bytes_ = 0;
  std::size_t resized_at_bytes_ = 0;
  std::size_t columns_ = kColumns;
  Lines above_;
};

TEST_F(AResizedTerminal, ALineWhoseRowsEndInBlanksOrBeforeWideCharactersIsDrawnOnce) {
  std::string wide;
  for (int i = 0; i < 30; ++i) wide += "\xE8\xAA\x9E";
  Process an(as("an", {"--nostatus_line"}), options_);
  ASSERT_TRUE(shows_once(an, ""));
  for (const std::string& typed : Lines{
           "say " + std::string(33, 'x') + " and so on to the end",
           "say " + std::string(30, 'x') + "    many blanks " + std::string(28, 'y') + "    end",
           "say x" + wide + " end",
           "say " + std::string(33, 'x') + " ",
       }) {
    an.write(typed);
    ASSERT_TRUE(shows_once(an, typed)) << ::testing::PrintToString(screen_.lines());
    for (const std::uint16_t columns :
         std::initializer_list<std::uint16_t>{60, kColumns, 60, 42, 30, kColumns, 100, kColumns}) {
      resize(an, columns);
      ASSERT_TRUE(shows_once(an, typed))
          << columns << " " << screen_.cursor_row() << "," << screen_.cursor_column()
          << ::testing::PrintToString(screen_.lines());
    }
    an.write("\x15");
    ASSERT_TRUE(shows_once(an, ""));
  }
}

TEST_F(AResizedTerminal, WhatIsSaidWhileTheWindowIsDraggedIsAllThereAndTheLineIsDrawnOnce) {
  const std::string typed = "say half a line that is longer than a row has columns";
  Process an(as("an", {"--nostatus_line"}), options_);
  ASSERT_TRUE(shows_once(an, ""));
  above_.clear();
  Process binh(as("binh"));
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "binh joined"));
  an.write(typed);
  ASSERT_TRUE(shows_once(an, typed));
  for (std::uint16_t step = 1; step <= 15; ++step) {
    binh.write("say text " + std::to_string(step) + ".\n");
    resize(an, step % 3 == 0 ? 30 + step : 90 - 3 * step);
  }
  resize(an, kColumns);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "text 15."));
  Screen wanted(kColumns);
  wanted.write("> " + typed + " \b");
  const auto end = std::chrono::steady_clock::now() + Process::kPatience;
  for (draw(an); !ends_with(screen_, wanted); draw(an)) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << ::testing::PrintToString(screen_.lines());
    std::ignore = an.wait_for_text(Process::kOut, "\x01", 20ms);
  }
  const Lines shown = screen_.lines();
  for (int step = 1; step <= 15; ++step) {
    EXPECT_EQ(1, std::ranges::count(shown, "<binh> text " + std::to_string(step) + "."));
  }
}

}  // namespace
}  // namespace comcat::testing
