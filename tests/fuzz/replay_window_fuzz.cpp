#include <algorithm>
#include <set>

#include "comcat/datagram/replay_window.h"

#include "fuzz/fuzz.h"

// The bytes are counters near the newest; the model is a set of all that came.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using comcat::datagram::ReplayWindow;
  comcat::fuzz::Input input(data, size);
  ReplayWindow window;
  std::set<std::uint64_t> come;
  while (!input.empty()) {
    const std::uint64_t newest = come.empty() ? 0 : *come.rbegin();
    const std::uint64_t step = (input.byte() << 8U | input.byte()) >> input.choose(16);
    const std::uint64_t counter =
        input.choose(2) == 0 ? newest + step : newest - std::min(newest, step);
    const bool too_old = counter + ReplayWindow::kSize < newest + 1;
    COMCAT_FUZZ_CHECK(window.is_new(counter) == (!too_old && !come.contains(counter)));
    if (!window.is_new(counter)) continue;
    COMCAT_FUZZ_CHECK(window.mark(counter) == (come.empty() || counter > newest));
    come.insert(counter);
    COMCAT_FUZZ_CHECK(window.end() == *come.rbegin() + 1);
  }
  return 0;
}
