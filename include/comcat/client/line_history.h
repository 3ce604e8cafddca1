#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace comcat::client {

/// The lines that were typed on a terminal, over the runs of the client: `console_history` in the
/// state directory, mode 0600, a line each, the newest last.
///
/// Left out   lines that hold a secret (a passcode that was typed in the wrong place), what is for
///            one person (msg), and what is longer than kMaxLineBytes.
/// Files      several clients add at once; the file has the newest kMostLines, and at most
///            kSlack more for each client that runs. What others may have written is not believed.
/// Errors     the first is told, once; lines are then remembered for this run alone.
/// Threads    one, the console's; `tell` is called from it.
class LineHistory {
 public:
  static constexpr std::size_t kMostLines = 500;
  static constexpr std::size_t kSlack = 50;
  static constexpr std::size_t kMaxLineBytes = 1000;

  struct Options {
    std::string directory;             // "": nothing is remembered
    std::vector<std::string> secrets;  // none of them empty
    std::function<void(std::string)> tell{};
  };
  explicit LineHistory(Options options) : options_(std::move(options)) {}

  /// The lines of earlier runs, the oldest first: kMostLines at most.
  [[nodiscard]] std::vector<std::string> load();
  void add(const std::string& line);
  /// A passcode that was typed when it was asked for, be it right or wrong: another secret.
  void keep_out(const std::string& secret);

 private:
  [[nodiscard]] std::string path() const { return options_.directory + "/console_history"; }
  [[nodiscard]] bool may_keep(const std::string& line) const;
  [[nodiscard]] absl::Status append(const std::string& line);
  void note(const absl::Status& status);

  Options options_;
  std::string last_;  // what was added last
  std::size_t added_ = 0;
  bool failed_ = false;
};

/// The newest LineHistory::kMostLines of the lines of a history file that may be shown; the others
/// are passed over. Safe on any bytes.
[[nodiscard]] std::vector<std::string> parse_line_history(const std::string& text);

}  // namespace comcat::client
