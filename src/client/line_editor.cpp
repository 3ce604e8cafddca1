#include "line_editor.h"

#include <cstddef>
#include <cstdlib>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "comcat/base/write.h"
#include "comcat/client/line_history.h"

#include "line_text.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

constexpr const char* kBracketPastes = "\033[?2004h";
constexpr const char* kBracketNoPastes = "\033[?2004l";

void write_out(const std::string& text) {
  base::write_fully(STDOUT_FILENO, text);
}

ssize_t write_cookie(void* /*cookie*/, const char* bytes, std::size_t size) {
  // A terminal that takes nothing any more has gone, and with it who would see it.
  base::write_fully(STDOUT_FILENO, {bytes, size});
  return static_cast<ssize_t>(size);
}

std::FILE* open_output() {
  std::FILE* const out = ::fopencookie(nullptr, "w", {nullptr, &write_cookie, nullptr, nullptr});
  if (out == nullptr) std::abort();
  return out;
}

winsize terminal_size() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  if (!known) size.ws_col = 80;
  return size;
}

std::size_t terminal_columns() {
  return terminal_size().ws_col;
}

/// Takes the cursor from one row to a column of another.
std::string moved(std::size_t from_row, std::size_t row, std::size_t column) {
  std::string out = "\r";
  if (row < from_row) out += "\033[" + std::to_string(from_row - row) + "A";
  if (row > from_row) out += "\033[" + std::to_string(row - from_row) + "B";
  if (column > 0) out += "\033[" + std::to_string(column) + "C";
  return out;
}

}  // namespace

LineEditor::LineEditor(ReadKey read_key)
    : read_key_(std::move(read_key)),
      out_(open_output()),
      editor_(el_init_fd("comcat-client", stdin, out_, stderr, STDIN_FILENO, STDOUT_FILENO,
                         STDERR_FILENO)),
      history_(history_init()),
      isolates_(obeys_isolates(std::getenv("VTE_VERSION"))) {
  configure();
  columns_ = terminal_columns();
  write_out(kBracketPastes);
}

LineEditor::~LineEditor() {
  if (holds_terminal_) {
    write_out(wiped() + kBracketNoPastes);
  } else {
    el_set(editor_, EL_EDITMODE, 0);  // or el_end() would set the mode of another's terminal
  }
  el_end(editor_);
  history_end(history_);
  std::fclose(out_);
}

void LineEditor::configure() {
  HistEvent event;
  history(history_, &event, H_SETSIZE, static_cast<int>(LineHistory::kMostLines));
  history(history_, &event, H_SETUNIQUE, 1);
  el_set(editor_, EL_CLIENTDATA, this);
  el_set(editor_, EL_PROMPT, &prompt_of);
  el_set(editor_, EL_EDITOR, "emacs");
  el_set(editor_, EL_SIGNAL, 0);
  el_set(editor_, EL_HIST, history, history_);
  el_set(editor_, EL_GETCFN, &read_key_of);
  // libedit would take the end of what they send for text.
  for (const std::string& key : unused_keys()) bind(key.c_str(), "ed-unassigned");
  bind("^R", "em-inc-search-prev");
  bind("\033[1;5C", "em-next-word");  // Ctrl and an arrow
  bind("\033[1;5D", "ed-prev-word");
}

LineEditor& LineEditor::self(EditLine* editor) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  return *static_cast<LineEditor*>(data);
}

int LineEditor::read_key_of(EditLine* editor, wchar_t* key) {
  LineEditor& it = self(editor);
  it.join_rows();
  const bool has_key = it.read_key_(*key);
  it.hide_status();  // libedit takes the rows below the line for empty
  return has_key ? 1 : 0;
}

void LineEditor::bind(const char* key, const char* action) {
  el_set(editor_, EL_BIND, key, action, static_cast<char*>(nullptr));
}

std::optional<std::string> LineEditor::read_line() {
  int count = 0;
  const char* const text = el_gets(editor_, &count);
  if (text == nullptr || count <= 0) return std::nullopt;
  std::string line(text, static_cast<std::size_t>(count));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  if (!line.empty()) remember(line);
  return line;
}

void LineEditor::remember(const std::string& line) {
  HistEvent event;
  history(history_, &event, H_ENTER, line.c_str());
}

std::string LineEditor::typed() const {
  const LineInfo* const line = el_line(editor_);
  return {line->buffer, line->lastchar};
}

void LineEditor::set_prompt(const std::string& prompt) {
  if (prompt == prompt_) return;
  const std::string wipe = wiped();  // of the line with the prompt that it was drawn with
  prompt_ = prompt;
  std::fflush(out_);
  write_out(wipe);
  redraw();
}

void LineEditor::show_status(const Status& status) {
  const winsize size = terminal_size();
  const LineInfo* const line = el_line(editor_);
  const std::string all = prompt_ + std::string(line->buffer, line->lastchar);
  const bool fits = rows_above_cursor(all, "", size.ws_col) + 2 <= size.ws_row;
  const std::string row = fits ? status_row(status, size.ws_col) : "";
  const std::string shown = isolates_ ? row : without_isolates(row);
  if (shown == status_row_) return;
  write_below(shown);
  status_row_ = shown;
}

void LineEditor::hide_status() {
  if (status_row_.empty()) return;
  write_below("");
  status_row_.clear();
}

void LineEditor::write_below(const std::string& row) {
  constexpr const char* kDim = "\033[2m";
  constexpr const char* kPlain = "\033[m";
  const LineInfo* const line = el_line(editor_);
  const std::string before = prompt_ + std::string(line->buffer, line->cursor);
  const std::string after(line->cursor, line->lastchar);
  const std::size_t columns = terminal_columns();
  const CursorPlace cursor = cursor_place(before, after, columns);
  const std::size_t down = rows_above_cursor(before + after, "", columns) - cursor.rows + 1;
  std::string out = std::string(down, '\n') + "\r";
  if (!row.empty()) out += kDim + row + kPlain;
  out += "\033[K" + moved(down, 0, cursor.column);
  std::fflush(out_);
  write_out(out);
}

void LineEditor::redraw() {
  joined_.clear();
  columns_ = terminal_columns();
  el_set(editor_, EL_REFRESH);
  join_rows();
}

void LineEditor::join_rows() {
  const LineInfo* const line = el_line(editor_);
  const std::string before = prompt_ + std::string(line->buffer, line->cursor);
  const std::string after(line->cursor, line->lastchar);
  if (is_searching() || before + after == joined_) return;
  joined_ = before + after;
  const winsize size = terminal_size();
  if (rows_above_cursor(joined_, "", size.ws_col) >= size.ws_row) return;
  const CursorPlace cursor = cursor_place(before, after, size.ws_col);
  std::size_t row = cursor.rows;
  std::string out;
  for (const RowEnd& end : unjoined_rows(joined_, size.ws_col)) {
    out += moved(row, end.row, end.column) + "\033[K" + end.text;
    row = end.row + 1;
  }
  if (out.empty()) return;
  std::fflush(out_);
  write_out(out + moved(row, cursor.rows, cursor.column));
}

void LineEditor::print_above(const std::string& text) {
  draw_below(broken_between_words(text, terminal_columns()));
}

void LineEditor::draw_below(const std::string& output) {
  std::fflush(out_);
  write_out(wiped() + output);
  redraw();
}

void LineEditor::insert(const std::string& text) {
  // libedit will draw from where the cursor is, so that must be where the prompt began.
  std::fflush(out_);
  write_out(wiped());
  el_insertstr(editor_, text.c_str());
  redraw();
}

std::string LineEditor::before_cursor() const {
  const LineInfo* const line = el_line(editor_);
  return {line->buffer, line->cursor};
}

void LineEditor::replace(std::size_t begin, const std::string& text) {
  const std::string old = before_cursor().substr(begin);
  if (old == text) return;
  std::fflush(out_);
  write_out(wiped());
  // No call of libedit 3.1 takes 0 for none.
  if (!old.empty()) el_deletestr(editor_, static_cast<int>(count_characters(old)));
  el_insertstr(editor_, text.c_str());
  redraw();
}

void LineEditor::follow_size() {
  el_resize(editor_);
  draw_below("");
}

void LineEditor::lose() {
  holds_terminal_ = false;
  status_row_.clear();
}

void LineEditor::release() {
  std::fflush(out_);
  write_out(wiped() + kBracketNoPastes);
  el_set(editor_, EL_PREP_TERM, 0);
  lose();
}

void LineEditor::take() {
  holds_terminal_ = true;
  // Whoever had the terminal meanwhile has left it in a mode that libedit does not know of.
  el_set(editor_, EL_PREP_TERM, 0);
  el_set(editor_, EL_PREP_TERM, 1);
  el_resize(editor_);
  write_out(std::string("\r\033[J") + kBracketPastes);
  redraw();
}

bool LineEditor::ends_full_row(const std::string& before, const std::string& after) const {
  const std::size_t columns = terminal_columns();
  return after.empty() && columns != columns_ && cursor_place(before, "", columns).column == 0 &&
         cursor_place(before, "", columns_).column != 0;
}

std::string LineEditor::wiped() {
  status_row_.clear();  // it is below
  const LineInfo* const line = el_line(editor_);
  const std::string before = prompt_ + std::string(line->buffer, line->cursor);
  const std::string after(line->cursor, line->lastchar);
  std::size_t rows = rows_above_cursor(before, after, terminal_columns());
  if (rows > 0 && ends_full_row(before, after)) --rows;
  std::string out = "\r";
  if (rows > 0) out += "\033[" + std::to_string(rows) + "A";
  return out + "\033[J";
}

}  // namespace comcat::client
