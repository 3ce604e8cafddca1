#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "comcat/client/completion_query.h"
#include "comcat/client/line_history.h"
#include "comcat/client/printer.h"
#include "comcat/client/status.h"
#include "comcat/client/typed_line.h"

namespace comcat::client {

/// Where the user's lines come from.
///
/// Pace       after on_line() nothing is read and no other call comes before resume(): a pipe or a
///            paste waits in the kernel until the lines before it have been dealt with.
/// Threads    one of its own, which waits in poll(2); `on_line` and `on_end` are called from it.
///            set_prompt(), set_status(), offer(), ask_secret(), resume() and stop() from any
///            other.
/// Ends       on_end() once, when the input is at its end; then nothing is read any more, so an
///            input that is closed or empty costs nothing.
class Console {
 public:
  /// What the key for talking says: it is pressed, or let go; or, where the terminal does not tell
  /// the latter, that whoever talks shall not, and the other way round.
  enum class TalkPress { kDown, kUp, kToggle };

  struct Handler {
    std::function<void(std::string)> on_line;
    std::function<void()> on_end;
    /// The user has pressed Tab where the name of somebody, a room or a device may come: wants
    /// offer().
    std::function<void(CompletionQuery::Names)> on_complete{};
    /// What ask_secret() asked for; nothing where the user has given up.
    std::function<void(std::optional<std::string>)> on_secret{};
    std::function<void(TalkPress)> on_talk_key{};
  };
  virtual ~Console() = default;
  virtual void set_prompt(const std::string& prompt) = 0;
  /// To be shown under the line that is typed, where that is a terminal with space for it.
  virtual void set_status(const Status& status) = 0;
  /// The names that on_complete() asked for.
  virtual void offer(std::vector<std::string> names) = 0;
  /// Asks for a line that is not shown; on_secret() brings it. False where there is no terminal.
  [[nodiscard]] virtual bool ask_secret(const std::string& prompt) = 0;
  virtual void resume() = 0;
  /// Whether the key for talking is of use now: the terminal is then asked to tell when it is let
  /// go.
  virtual void want_talk_key(bool wanted) = 0;
  /// Gives the terminal back as it was. No call comes after it.
  virtual void stop() = 0;
};

/// Lines from a pipe or a file: UTF-8 with or without a byte order mark, or UTF-16. A line longer
/// than 8 KiB is passed on cut short.
[[nodiscard]] std::unique_ptr<Console> make_pipe_console(int fd, Console::Handler handler);

/// Lines typed on the terminal that is standard input and output, with editing (libedit), `history`
/// and completion. What `printer` prints appears above the line being typed.
/// A paste is text and never runs as commands; the user is asked about one of several lines.
/// `typed_line` is for Ctrl+C. Ctrl+Z, bg and fg give the terminal back and take it again.
/// `talk_key` as TerminalKeys has it. Null where the terminal cannot do it.
[[nodiscard]] std::unique_ptr<Console> make_terminal_console(Printer& printer,
                                                             TypedLine& typed_line,
                                                             LineHistory& history, int talk_key,
                                                             Console::Handler handler);

/// True where standard input and output are a terminal that can move its cursor.
[[nodiscard]] bool can_edit_lines();

/// Puts the terminal back as it was when the program started, unless another job has it. For the
/// way out in a hurry: async-signal-safe, any thread.
void restore_terminal();

/// Remembers how the terminal is now, for restore_terminal().
void remember_terminal();

}  // namespace comcat::client
