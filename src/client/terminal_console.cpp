#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cwchar>
#include <thread>
#include <utility>

#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/write.h"
#include "comcat/client/console.h"
#include "comcat/client/wake_event.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "line_text.h"

namespace comcat::client {
namespace {

using base::write_fully;

constexpr int kHistoryLines = 200;

/// SIGWINCH as a file descriptor. SignalWatcher has blocked it in every thread.
class ResizeSignal {
 public:
  ResizeSignal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGWINCH);
    fd_.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  [[nodiscard]] int fd() const { return fd_.get(); }
  void clear() const {
    signalfd_siginfo info{};
    while (::read(fd_.get(), &info, sizeof info) > 0) {
    }
  }

 private:
  base::FileDescriptor fd_;
};

/// Everything that is libedit's belongs to the console's thread, which is also where other threads'
/// output is printed: libedit waits for a key in read_key(), and there the line being typed can be
/// wiped, the output written, and the line drawn anew.
class TerminalConsole final : public Console {
 public:
  TerminalConsole(Printer& printer, Handler handler)
      : printer_(printer), handler_(std::move(handler)) {
    printer_.attach([this] { wake_.set(); });
    thread_ = std::thread([this] { run(); });
  }
  ~TerminalConsole() override { stop(); }

  void set_prompt(const std::string& prompt) override {
    {
      const absl::MutexLock lock(&mutex_);
      wanted_prompt_ = prompt;
    }
    wake_.set();
  }

  void resume() override {
    has_turn_ = true;
    wake_.set();
  }

  void stop() override {
    stopping_ = true;
    wake_.set();
    if (thread_.joinable()) thread_.join();
  }

 private:
  static TerminalConsole& self(EditLine* line) {
    void* data = nullptr;
    el_get(line, EL_CLIENTDATA, &data);
    return *static_cast<TerminalConsole*>(data);
  }
  static char* prompt_of(EditLine* line) { return self(line).prompt_.data(); }
  static int read_key_of(EditLine* line, wchar_t* key) { return self(line).read_key(key); }

  void run() {
    open();
    int count = 0;
    while (!stopping_) {
      const char* const text = el_gets(editor_, &count);
      if (text == nullptr || count <= 0) break;
      give(std::string(text, static_cast<std::size_t>(count)));
    }
    const bool ended = !stopping_;
    write_fully(STDOUT_FILENO, wipe_line());
    el_end(editor_);
    history_end(history_);
    printer_.detach();
    if (ended) handler_.on_end();
  }

  void open() {
    history_ = history_init();
    HistEvent event;
    history(history_, &event, H_SETSIZE, kHistoryLines);
    history(history_, &event, H_SETUNIQUE, 1);
    editor_ = el_init("comcat-client", stdin, stdout, stderr);
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_PROMPT, &prompt_of);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_SIGNAL, 0);
    el_set(editor_, EL_HIST, history, history_);
    el_set(editor_, EL_GETCFN, &read_key_of);
    // libedit would take the end of what they send for text.
    for (const std::string& key : unused_keys()) bind(key.c_str(), "ed-unassigned");
    bind("\033[1;5C", "em-next-word");  // Ctrl and an arrow
    bind("\033[1;5D", "ed-prev-word");
  }

  void bind(const char* key, const char* action) {
    el_set(editor_, EL_BIND, key, action, static_cast<char*>(nullptr));
  }

  void give(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (!text.empty()) {
      HistEvent event;
      history(history_, &event, H_ENTER, text.c_str());
    }
    has_turn_ = false;
    handler_.on_line(std::move(text));
  }

  /// Waits for a key: 1 when there is one, 0 at the end of the input or once stopped.
  int read_key(wchar_t* key) {
    std::mbstate_t state{};
    for (;;) {
      std::array<pollfd, 3> fds{pollfd{has_turn_ ? STDIN_FILENO : -1, POLLIN, 0},
                                pollfd{wake_.fd(), POLLIN, 0}, pollfd{resized_.fd(), POLLIN, 0}};
      if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return 0;
      if (stopping_) return 0;
      if (fds[1].revents != 0) show_output();
      if (fds[2].revents != 0) follow_size();
      if (fds[0].revents == 0) continue;
      char byte = 0;
      const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) return 0;
      const std::size_t used = std::mbrtowc(key, &byte, 1, &state);
      if (used == static_cast<std::size_t>(-2)) continue;  // more bytes of one character follow
      if (used == static_cast<std::size_t>(-1)) {
        state = {};  // malformed: passed over
      } else if (*key == L'\t') {
        complete();
      } else {
        return 1;
      }
    }
  }

  /// Wipes the line being typed, writes what others printed, and draws the line again.
  void show_output() {
    wake_.clear();
    bool redraw = false;
    {
      const absl::MutexLock lock(&mutex_);
      redraw = std::exchange(prompt_, wanted_prompt_) != wanted_prompt_;
    }
    const std::string output = printer_.take();
    if (!output.empty() || redraw) draw_below(output);
  }

  void draw_below(const std::string& output) {
    std::fflush(stdout);
    write_fully(STDOUT_FILENO, wipe_line() + output);
    el_set(editor_, EL_REFRESH);
  }

  /// The terminal has another width: what is drawn from now on is drawn for that.
  void follow_size() {
    resized_.clear();
    el_resize(editor_);
    draw_below("");
  }

  /// The bytes that take the cursor to where the prompt began, and clear from there.
  std::string wipe_line() {
    const LineInfo* const line = el_line(editor_);
    const std::string before = prompt_ + std::string(line->buffer, line->cursor);
    const std::string after(line->cursor, line->lastchar);
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    const std::size_t columns = known ? size.ws_col : 80;
    const std::size_t rows = rows_above_cursor(before, after, columns);
    std::string out = "\r";
    if (rows > 0) out += "\033[" + std::to_string(rows) + "A";
    return out + "\033[J";
  }

  /// Adds what is certain of the first word, or shows the choices. (As a function of libedit's own
  /// it would leak: 3.1 never frees what EL_ADDFN takes.)
  void complete() {
    const LineInfo* const line = el_line(editor_);
    const std::string start(line->buffer, line->cursor);
    const std::vector<std::string> words = completions(start);
    if (words.empty()) return;
    const std::string common = common_start(words);
    if (words.size() > 1 && common.size() == start.size()) {
      std::string choices;
      for (const std::string& word : words) choices += (choices.empty() ? "" : "  ") + word;
      draw_below(choices + "\n");
      return;
    }
    const std::string rest = common.substr(start.size()) + (words.size() == 1 ? " " : "");
    // libedit will draw from where the cursor is, so that must be where the prompt began.
    std::fflush(stdout);
    write_fully(STDOUT_FILENO, wipe_line());
    el_insertstr(editor_, rest.c_str());
    el_set(editor_, EL_REFRESH);
  }

  Printer& printer_;  // the owner's
  const Handler handler_;
  WakeEvent wake_;
  const ResizeSignal resized_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> has_turn_{true};
  absl::Mutex mutex_;
  std::string wanted_prompt_ ABSL_GUARDED_BY(mutex_) = "> ";

  // The thread's own.
  EditLine* editor_ = nullptr;
  History* history_ = nullptr;
  std::string prompt_ = "> ";

  std::thread thread_;
};

}  // namespace

std::unique_ptr<Console> make_terminal_console(Printer& printer, Console::Handler handler) {
  if (!can_edit_lines()) return nullptr;
  use_utf8();
  return std::make_unique<TerminalConsole>(printer, std::move(handler));
}

}  // namespace comcat::client
