#pragma once

#include <vector>

namespace comcat::client {

/// While it lives, a signal that ends the program at once, be it Ctrl+\ or a fault of its own,
/// first gives the terminal back as it was when the program started; then it does what it does. A
/// signal that something else handles, or that whoever started the program wants ignored, is left
/// alone.
///
/// Threads    one object at a time; the signals may come in any thread.
class DeadlySignals {
 public:
  DeadlySignals();
  ~DeadlySignals();
  DeadlySignals(const DeadlySignals&) = delete;
  DeadlySignals& operator=(const DeadlySignals&) = delete;

 private:
  std::vector<int> handled_;
};

}  // namespace comcat::client
