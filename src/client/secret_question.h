#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "secret_line.h"
#include "terminal_keys.h"

namespace comcat::client {

/// A question on the terminal whose answer is not shown.
/// Threads: ask() any; the rest the console's.
class SecretQuestion {
 public:
  void ask(const std::string& prompt) {
    const absl::MutexLock lock(&mutex_);
    wanted_ = prompt;
  }

  /// Opens the question that was asked, where there is one.
  void open() {
    const absl::MutexLock lock(&mutex_);
    if (!wanted_) return;
    line_.emplace();
    prompt_ = *std::exchange(wanted_, std::nullopt);
  }
  [[nodiscard]] bool is_open() const { return line_.has_value(); }
  [[nodiscard]] const std::string& prompt() const { return prompt_; }

  /// What was typed or pasted. True where the question is over; answer() is then what came of it.
  [[nodiscard]] bool take(const TerminalInput& input) {
    if (const auto* const paste = std::get_if<PastedText>(&input)) {
      line_->paste(paste->text.substr(0, paste->text.find_first_of("\r\n")));
      return false;
    }
    const SecretLine::State state = line_->take(std::get<wchar_t>(input));
    if (state == SecretLine::State::kTyping) return false;
    close(state == SecretLine::State::kDone);
    return true;
  }
  void give_up() { close(false); }
  /// Nothing where the user has given up.
  [[nodiscard]] std::optional<std::string> answer() { return std::exchange(answer_, std::nullopt); }

 private:
  void close(bool is_answered) {
    answer_.reset();
    if (is_answered) answer_ = line_->take_text();
    line_.reset();
  }

  absl::Mutex mutex_;
  std::optional<std::string> wanted_ ABSL_GUARDED_BY(mutex_);  // its prompt
  std::optional<SecretLine> line_;                             // being typed
  std::string prompt_;
  std::optional<std::string> answer_;
};

}  // namespace comcat::client
