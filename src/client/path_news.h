#pragma once

#include <optional>
#include <string>

#include "comcat/client/report.h"
#include "comcat/transport/path_status.h"

namespace comcat::client {

/// What there is to tell of the ways that voice takes, as they change.
/// Threads    one at a time.
class PathNews {
 public:
  struct News {
    std::optional<Report> changed;  // for programs: another way up or down
    std::optional<Report> blocked;  // for people: once in a call, that datagrams do not get through
  };

  [[nodiscard]] News note(const transport::PathStatus& status);
  /// The connection was lost: what did not get through then says nothing of datagrams.
  void interrupt() { failed_tries_ = 0; }

 private:
  /// The third takes longer than a dead connection goes unnoticed.
  static constexpr int kTriesThatShowIt = 3;

  void count_tries(transport::PathStatus::Phase phase);

  std::optional<transport::PathStatus> told_;  // in `changed`
  std::optional<transport::PathStatus::Phase> phase_;
  int failed_tries_ = 0;  // in a row
  bool told_blocked_ = false;
};

/// "datagrams", "stream" or "both".
[[nodiscard]] std::string to_word(datagram::Way way);

}  // namespace comcat::client
