#include <chrono>

#include "comcat/datagram/path_state.h"

#include "fuzz/fuzz.h"

// The bytes are events of one end's path, in any order, with a clock that leaps.

namespace {

using namespace comcat;
using datagram::PathState;
using datagram::SendPath;
using datagram::Way;

class Scenario {
 public:
  explicit Scenario(fuzz::Input& input) : input_(input), path_(input.choose(2) == 1, now_) {}

  void step() {
    now_ += std::chrono::milliseconds(std::uint32_t{1} << input_.choose(20));
    const SendPath::Phase before = path_.out().phase();
    act();
    check(before);
  }

 private:
  void act() {
    switch (input_.choose(7)) {
      case 0:
        return send(datagram::Type::kVoice);
      case 1:
        return send(static_cast<datagram::Type>(1 + input_.choose(4)));
      case 2:
        return arrive();
      case 3:
        return path_.told({any_counter(), input_.number()}, now_);
      case 4:
        answered_ |= path_.echo_came({any_token(), {any_counter(), input_.number()}}, now_);
        return;
      case 5:
        return path_.moved(now_);
      default:
        return serve();
    }
  }

  void send(datagram::Type type) { path_.sent(type, sent_++, now_); }

  void arrive() {
    datagram::Header header;
    header.type = static_cast<datagram::Type>(1 + input_.choose(4));
    header.counter = input_.number();
    path_.received(header, now_);
    COMCAT_FUZZ_CHECK(path_.in().report().highest > header.counter);
  }

  void serve() {
    // What is done may make the next due at once, but a loop that waits for it does not spin.
    for (int rounds = 0; rounds == 0 || path_.next_deadline() <= now_; ++rounds) {
      COMCAT_FUZZ_CHECK(rounds < 3);
      serve_once();
    }
  }

  void serve_once() {
    const PathState::Due due = path_.due(now_);
    if (due.probe) {
      const datagram::Probe probe = path_.probe(++token_, now_);
      COMCAT_FUZZ_CHECK(probe.report == path_.in().report());
      send(datagram::Type::kProbe);
    }
    if (due.report) (void)path_.report(now_);
  }

  std::uint64_t any_counter() { return input_.choose(3) == 0 ? input_.number() : sent_; }
  std::uint64_t any_token() { return input_.choose(2) == 0 ? token_ : input_.choose(16); }

  void check(SendPath::Phase before) {
    const SendPath& out = path_.out();
    COMCAT_FUZZ_CHECK(out.loss() >= 0 && out.loss() <= 1);
    const bool used =
        out.phase() == SendPath::Phase::kInUse || out.phase() == SendPath::Phase::kDoubtful;
    COMCAT_FUZZ_CHECK(used == (out.way() != Way::kStream));
    // Nothing but echoes to our own probes brings a path into use.
    const bool was_used = before == SendPath::Phase::kInUse || before == SendPath::Phase::kDoubtful;
    COMCAT_FUZZ_CHECK(!used || was_used || answered_);
  }

  fuzz::Input& input_;
  base::Time now_{};
  PathState path_;
  std::uint64_t sent_ = 0;
  std::uint64_t token_ = 0;
  bool answered_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  Scenario scenario(input);
  while (!input.empty()) scenario.step();
  return 0;
}
