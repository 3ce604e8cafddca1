#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/wake_event.h"
#include "comcat/base/write.h"
#include "comcat/client/console.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "completion.h"
#include "deadly_signals.h"
#include "job_control.h"
#include "line_editor.h"
#include "line_text.h"
#include "pasted_lines.h"
#include "resize_signal.h"
#include "secret_question.h"
#include "tab_wait.h"
#include "talk_keyboard.h"
#include "terminal_keys.h"

namespace comcat::client {
namespace {

/// While the terminal is another job's, no event tells that it has become ours.
constexpr int kBackgroundPollMs = 200;

/// The editor belongs to the console's thread, which is also where other threads' output is
/// printed: it waits for a key in next_key(), and there the line being typed can be wiped, the
/// output written, and the line drawn anew.
class TerminalConsole final : public Console {
 public:
  TerminalConsole(Printer& printer, TypedLine& typed_line, LineHistory& history, int talk_key,
                  Handler handler)
      : printer_(printer),
        typed_line_(typed_line),
        history_(history),
        handler_(std::move(handler)),
        keys_(talk_key),
        talk_keyboard_(handler_.on_talk_key) {
    printer_.attach([this] { wake_.set(); });
    thread_ = std::thread([this] { run(); });
  }
  ~TerminalConsole() override { stop(); }

  void set_prompt(const std::string& prompt) override {
    {
      const absl::MutexLock lock(&mutex_);
      if (std::exchange(wanted_prompt_, prompt) == prompt) return;
    }
    wake_.set();
  }

  void set_status(const Status& status) override {
    {
      const absl::MutexLock lock(&mutex_);
      if (wanted_status_ == status) return;
      wanted_status_ = status;
    }
    wake_.set();
  }

  void offer(std::vector<std::string> names) override {
    {
      const absl::MutexLock lock(&mutex_);
      offered_ = std::move(names);
    }
    wake_.set();
  }

  bool ask_secret(const std::string& prompt) override {
    secret_.ask(prompt);
    wake_.set();
    return true;
  }

  void resume() override {
    has_turn_ = true;
    wake_.set();
  }

  void want_talk_key(bool wanted) override {
    if (talk_keyboard_.wish(wanted)) wake_.set();
  }

  void stop() override {
    stopping_ = true;
    wake_.set();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    // Where the terminal is another job's, touching it would stop the program.
    while (!stopping_ && !JobControl::in_foreground()) wait();
    if (!stopping_) edit_lines();
    const bool ended = !stopping_;
    typed_line_.has_text(false);
    printer_.detach();
    if (ended) handler_.on_end();
  }

  void edit_lines() {
    LineEditor editor([this](wchar_t& key) { return next_key(key); });
    editor_ = &editor;
    for (const std::string& line : history_.load()) editor.remember(line);
    while (!stopping_) {
      std::optional<std::string> line = editor.read_line();
      if (!line) break;
      history_.add(*line);
      give(*std::move(line));
    }
    if (holds_terminal_) talk_keyboard_.release(keys_);
    editor_ = nullptr;
  }

  void give(std::string line) {
    has_turn_ = false;
    handler_.on_line(std::move(line));
  }

  /// Waits for a key that the editor is to have; false at the end of the input or once stopped.
  bool next_key(wchar_t& key) {
    while (!stopping_) {
      if (!pasted_.empty() && !pasted_.is_asking() && has_turn_) give(pasted_.take());
      if (may_type()) {
        if (const std::optional<TerminalInput> input = keys_.take()) {
          if (take_input(*input, key)) return true;
          continue;
        }
      }
      typed_line_.has_text(secret_.is_open() || !pasted_.empty() || !editor_->typed().empty());
      if (!has_input()) show_status();
      const Ready ready = wait();
      if (ready.dropped && drop(key)) return true;
      if (ready.input && !read_input()) return false;
    }
    return false;
  }

  [[nodiscard]] bool may_type() const {
    if (!holds_terminal_ || resized_.goes_on()) return false;
    if (secret_.is_open()) return true;
    return has_turn_ && !tab_.holds_keys() && (pasted_.empty() || pasted_.is_asking());
  }

  /// True where the next key is there already: what it does is drawn first.
  [[nodiscard]] bool has_input() const {
    pollfd in{may_type() ? STDIN_FILENO : -1, POLLIN, 0};
    return ::poll(&in, 1, 0) == 1;
  }

  struct Ready {
    bool input = false;
    bool dropped = false;  // Ctrl+C
  };

  /// Waits for anything, and does all but what concerns the line being typed.
  Ready wait() {
    const bool is_background = editor_ == nullptr || !holds_terminal_;
    std::array<pollfd, 5> fds{pollfd{!is_background && may_type() ? STDIN_FILENO : -1, POLLIN, 0},
                              pollfd{wake_.fd(), POLLIN, 0}, pollfd{resized_.fd(), POLLIN, 0},
                              pollfd{jobs_.fd(), POLLIN, 0}, pollfd{typed_line_.fd(), POLLIN, 0}};
    if (resized_.goes_on()) fds[1].fd = fds[4].fd = -1;  // what they would draw waits
    base::Time now = base::steady_now();
    const int most_ms = is_background ? kBackgroundPollMs : tab_.wait_ms(now);
    if (::poll(fds.data(), fds.size(), resized_.wait_ms(now, most_ms)) < 0 || stopping_) return {};
    now = base::steady_now();
    tab_.step(now);
    if (fds[3].revents != 0) follow_job();
    if (fds[2].revents != 0) resized_.take(now);
    if (resized_.is_over(now)) follow_size();
    if (fds[1].revents != 0 && !resized_.goes_on()) show_output();
    if (tab_.is_open() && !resized_.goes_on()) take_offer();
    if (editor_ != nullptr && !holds_terminal_ && JobControl::in_foreground()) take_terminal();
    if (fds[4].revents != 0) typed_line_.take_drop();
    return {fds[0].revents != 0, fds[4].revents != 0};
  }

  /// False at the input's end.
  bool read_input() {
    char byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) return false;
    keys_.feed(byte);
    return true;
  }

  /// True where the editor is to have `key`.
  bool take_input(const TerminalInput& input, wchar_t& key) {
    if (talk_keyboard_.take(input)) return false;
    if (secret_.is_open()) {
      if (secret_.take(input)) end_secret();
      return false;
    }
    if (const auto* const paste = std::get_if<PastedText>(&input)) {
      if (!pasted_.is_asking()) take_paste(*paste);
      return false;
    }
    key = std::get<wchar_t>(input);
    if (pasted_.is_asking()) return answer(key);
    if (key != L'\t') return true;
    complete_line();
    return false;
  }

  void end_secret() {
    update_prompt();
    handler_.on_secret(secret_.answer());
  }

  // ---- Tab

  void complete_line() {
    if (editor_->is_searching()) return;
    const std::string before = editor_->before_cursor();
    const std::optional<CompletionQuery> query = completion_query(before);
    if (!query) return;
    if (query->names == CompletionQuery::Names::kNone) return complete_with(before, *query, {});
    {
      const absl::MutexLock lock(&mutex_);
      offered_.reset();
    }
    tab_.begin({before, *query}, base::steady_now());
    handler_.on_complete(query->names);
  }

  void take_offer() {
    std::optional<std::vector<std::string>> names;
    {
      const absl::MutexLock lock(&mutex_);
      names.swap(offered_);
    }
    if (!names) return;
    const TabWait::Tab tab = tab_.take();
    const bool is_still = editor_ != nullptr && holds_terminal_ && !pasted_.is_asking() &&
                          editor_->before_cursor() == tab.before;
    if (is_still) complete_with(tab.before, tab.query, *names);
  }

  void complete_with(const std::string& before, const CompletionQuery& query,
                     const std::vector<std::string>& names) {
    const Completion completion = complete(before, query, names);
    editor_->replace(query.begin, completion.text);
    std::string choices;
    for (const std::string& it : completion.choices) choices += (choices.empty() ? "" : "  ") + it;
    if (!choices.empty()) editor_->print_above(choices + "\n");
  }

  // ---- pastes of several lines

  void take_paste(const PastedText& paste) {
    if (paste.too_long) return editor_->print_above(PastedLines::kTooLong);
    const std::vector<std::string> lines = lines_of_paste(paste.text);
    if (lines.size() == 1) return editor_->insert(lines.front());
    if (lines.empty()) return;
    pasted_.ask(lines);
    update_prompt();
  }

  /// True where the editor is to clear the line.
  bool answer(wchar_t& key) {
    const std::optional<bool> say = pasted_.answer(key);
    if (!say) return false;
    update_prompt();
    key = LineEditor::kClear;
    return *say && (editor_->typed() == "say " || editor_->typed() == "/say ");
  }

  /// Ctrl+C on what was pasted or typed; true where the editor is to have `key`.
  bool drop(wchar_t& key) {
    if (secret_.is_open()) {
      secret_.give_up();
      end_secret();
      return false;
    }
    if (pasted_.empty()) {
      key = LineEditor::kClear;
      return true;
    }
    if (const std::string notice = pasted_.drop(); !notice.empty()) editor_->print_above(notice);
    update_prompt();
    return false;
  }

  // ---- drawing

  void update_prompt() {
    std::string prompt;
    {
      const absl::MutexLock lock(&mutex_);
      prompt = wanted_prompt_;
    }
    if (pasted_.is_asking()) prompt = pasted_.question();
    editor_->set_prompt(secret_.is_open() ? secret_.prompt() : prompt);
  }

  void show_output() {
    wake_.clear();
    const std::string output = printer_.take();
    if (editor_ == nullptr || !holds_terminal_) {
      base::write_fully(STDOUT_FILENO, output);
      return;
    }
    if (!output.empty()) editor_->print_above(output);
    talk_keyboard_.follow();
    secret_.open();
    update_prompt();
  }

  void show_status() {
    if (!holds_terminal_ || resized_.goes_on()) return;
    std::optional<Status> status;
    {
      const absl::MutexLock lock(&mutex_);
      status = wanted_status_;
    }
    if (status) editor_->show_status(*status);
  }

  void follow_size() {
    if (editor_ != nullptr && holds_terminal_) editor_->follow_size();
  }

  // ---- Ctrl+Z, bg and fg

  void follow_job() {
    const JobControl::Wish wish = jobs_.take();
    if (wish.stop || wish.continued) give_terminal_back(wish.stop);
  }

  void give_terminal_back(bool stop) {
    const bool had = std::exchange(holds_terminal_, false) && editor_ != nullptr;
    if (had && stop) talk_keyboard_.release(keys_);
    if (had) stop ? editor_->release() : editor_->lose();
    if (!stop) return;
    if (had) restore_terminal();
    JobControl::stop();
    std::ignore = jobs_.take();  // that it continues
  }

  void take_terminal() {
    holds_terminal_ = true;
    editor_->take();
    talk_keyboard_.acquire();
    update_prompt();
  }

  Printer& printer_;       // the owner's
  TypedLine& typed_line_;  // the owner's
  LineHistory& history_;   // the owner's
  const Handler handler_;
  base::WakeEvent wake_;
  ResizeSignal resized_;
  const DeadlySignals deadly_;
  JobControl jobs_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> has_turn_{true};
  absl::Mutex mutex_;
  std::string wanted_prompt_ ABSL_GUARDED_BY(mutex_) = "> ";
  std::optional<Status> wanted_status_ ABSL_GUARDED_BY(mutex_);
  std::optional<std::vector<std::string>> offered_ ABSL_GUARDED_BY(mutex_);

  // The thread's own.
  LineEditor* editor_ = nullptr;
  bool holds_terminal_ = true;
  TerminalKeys keys_;
  PastedLines pasted_;
  SecretQuestion secret_;
  TabWait tab_;
  TalkKeyboard talk_keyboard_;

  std::thread thread_;
};

}  // namespace

std::unique_ptr<Console> make_terminal_console(Printer& printer, TypedLine& typed_line,
                                               LineHistory& history, int talk_key,
                                               Console::Handler handler) {
  if (!can_edit_lines()) return nullptr;
  return std::make_unique<TerminalConsole>(printer, typed_line, history, talk_key,
                                           std::move(handler));
}

}  // namespace comcat::client
