#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>

#include <histedit.h>

#include "comcat/client/status.h"

namespace comcat::client {

/// The line being typed on the terminal that is standard input and output: libedit, and the drawing
/// around it. Everything else that is to be seen goes through print_above().
///
/// Threads    one. `read_key` is called within read_line(), and may call everything else.
/// Terminal   libedit's while it has been taken; between lines as it was.
class LineEditor {
 public:
  /// Waits for a key; false at the end of the input.
  using ReadKey = std::function<bool(wchar_t& key)>;

  explicit LineEditor(ReadKey read_key);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// The key that clears the line.
  static constexpr wchar_t kClear = L'\x15';  // Ctrl+U

  /// The next line, without its break; nothing at the end of the input.
  [[nodiscard]] std::optional<std::string> read_line();
  /// A line that may be found again, the newest last.
  void remember(const std::string& line);
  /// What has been typed so far.
  [[nodiscard]] std::string typed() const;

  void set_prompt(const std::string& prompt);
  /// Draws the status line in the row below the line being typed, where it is not there already and
  /// the terminal has space for it. It goes before anything else is drawn, and stays away until the
  /// next call.
  void show_status(const Status& status);
  /// Whole lines, broken between words; the line being typed is drawn again below them.
  void print_above(const std::string& text);
  void insert(const std::string& text);
  /// True from Ctrl+R until a line is found.
  [[nodiscard]] bool is_searching() const { return typed().find('\n') != std::string::npos; }
  /// What stands before the cursor.
  [[nodiscard]] std::string before_cursor() const;
  /// Puts `text` in the place of what stands between the byte `begin` and the cursor.
  void replace(std::size_t begin, const std::string& text);
  /// The terminal has another width.
  void follow_size();

  /// Gives the terminal back, without the line being typed.
  void release();
  /// Somebody else has it already.
  void lose();
  /// Takes it again, and draws the line.
  void take();

 private:
  static LineEditor& self(EditLine* editor);
  static int read_key_of(EditLine* editor, wchar_t* key);
  static char* prompt_of(EditLine* editor) { return self(editor).prompt_.data(); }
  void configure();
  void bind(const char* key, const char* action);
  void draw_below(const std::string& output);
  void redraw();
  /// Has the terminal know which rows of the line being typed go on in the next one, for when its
  /// width changes.
  void join_rows();
  /// The bytes that take the cursor to where the prompt began, and clear from there.
  [[nodiscard]] std::string wiped();
  /// True where the line was drawn on a terminal of another width, and fills the rows of this one:
  /// the cursor is then at the end of the last of them, where it would now be drawn below.
  [[nodiscard]] bool ends_full_row(const std::string& before, const std::string& after) const;
  void hide_status();
  /// Writes `row` below the line being typed and puts the cursor back.
  void write_below(const std::string& row);

  const ReadKey read_key_;
  std::FILE* const out_;  // standard output, waited for also where it does not block
  EditLine* const editor_;
  History* const history_;
  const bool isolates_;        // letters from right to left are isolated on this terminal
  std::string prompt_ = "> ";  // as drawn
  std::string status_row_;     // as drawn; "" where there is none
  std::string joined_;         // the line whose rows are joined, as drawn
  std::size_t columns_ = 0;    // of the terminal it was drawn on
  bool holds_terminal_ = true;
};

}  // namespace comcat::client
