#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "end_to_end/walk/pair.h"
#include "end_to_end/walk/walker.h"

namespace comcat::testing {

/// A server's ten who walk at random and a pair who talk all the time. The walk goes in rounds: at
/// the end of each all come to rest, and what everyone knows and has heard is held against what is
/// true. What is wrong fails the test.
///
/// Threads    a test's one.
class Walk {
 public:
  Walk(int port, unsigned seed);

  /// One round, which lasts `time` and until all are at rest.
  void round(std::chrono::milliseconds time);

  /// What was done how often, and what was held against what.
  [[nodiscard]] std::string account() const;

 private:
  /// Who has to have which text.
  using Duty = std::pair<unsigned, std::string>;

  void note_said();
  void come_to_rest();
  [[nodiscard]] std::map<std::string, RoomView> rooms();
  /// False where somebody believes what is not so; `why` says what.
  [[nodiscard]] bool all_know_the_truth(std::string& why);
  void check_texts();
  void check_pair(base::Duration away);
  void check_complaints();

  Pair pair_;
  std::vector<Walker> walkers_;
  std::vector<Duty> duties_;
  std::size_t texts_due_ = 0;
  std::uint64_t frames_heard_ = 0;
  base::Duration latest_{0};
};

}  // namespace comcat::testing
