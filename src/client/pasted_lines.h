#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace comcat::client {

/// Several lines that were pasted at once, and the question whether they are to be said: nobody
/// means them as that many commands. Threads: one at a time.
class PastedLines {
 public:
  static constexpr const char* kTooLong =
      "what was pasted has more than 64 KiB, and nothing of it was taken: paste it in parts\n";

  /// Asks whether these are to be said, in place of those before.
  void ask(const std::vector<std::string>& lines);

  [[nodiscard]] bool is_asking() const { return asking_; }
  [[nodiscard]] bool empty() const { return lines_.empty(); }
  /// What stands before the answer.
  [[nodiscard]] std::string question() const;

  /// Whether they are to be said; nothing where `key` answers nothing.
  [[nodiscard]] std::optional<bool> answer(wchar_t key);

  /// The command that says the next of them; there is one.
  [[nodiscard]] std::string take();

  /// Drops them all; what there is to say of it, where some were on their way: else "".
  [[nodiscard]] std::string drop();

 private:
  std::deque<std::string> lines_;
  bool asking_ = false;
};

}  // namespace comcat::client
