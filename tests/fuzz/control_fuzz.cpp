// What arrives at the control socket: however it is cut into pieces, each line that is taken is
// within its bound and is answered by one line that is JSON, and nothing but that.

#include <algorithm>
#include <string>

#include "comcat/base/text.h"
#include "comcat/client/control.h"
#include "comcat/client/control_peer.h"

#include "fuzz/fuzz.h"

namespace {

using namespace comcat;

std::string answer_to(const std::string& line) {
  const client::JsonCommand it = client::parse_control_line(line);
  client::Report report("done", "done");
  if (!it.command.ok()) {
    const std::string sentence(it.command.status().message());
    COMCAT_FUZZ_CHECK(!sentence.empty() && base::is_safe_text(sentence));
    report = client::Report("error", sentence).with("command", line);
  }
  if (it.id) report.details.with("id", *it.id);
  return client::to_json(report);
}

/// Takes all lines that are there, and reads the answers `at_once` bytes at a time.
void serve(client::ControlPeer& peer, std::size_t at_once) {
  while (peer.has_line()) {
    const std::string line = peer.take_line();
    COMCAT_FUZZ_CHECK(line.size() <= client::ControlPeer::kMaxLineBytes);
    COMCAT_FUZZ_CHECK(line.find('\n') == std::string::npos);
    COMCAT_FUZZ_CHECK(!peer.wants_input() && !peer.has_line() && !peer.is_done());
    peer.answer(answer_to(line));
    const std::string output(peer.output());
    COMCAT_FUZZ_CHECK(std::ranges::count(output, '\n') == 1 && output.ends_with('\n'));
    while (!peer.output().empty()) peer.written(std::min(at_once, peer.output().size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % client::ControlPeer::kMaxReadBytes;
  std::string_view rest = fuzz::as_text(data + 1, size - 1);
  client::ControlPeer peer;
  while (!rest.empty() && peer.wants_input()) {
    const std::string_view some = rest.substr(0, piece);
    rest.remove_prefix(some.size());
    peer.receive(some);
    if (!peer.wants_input() && !peer.has_line()) break;  // too long: told, and over
    serve(peer, piece);
  }
  while (!peer.output().empty()) peer.written(peer.output().size());
  peer.end_input();
  serve(peer, piece);
  COMCAT_FUZZ_CHECK(peer.is_done());
  return 0;
}
