// Lines of the console: what is understood keeps the promises of command.h, and what is not gets a
// sentence that is safe to print. What is shown as JSON stays on one line.

#include "comcat/base/text.h"
#include "comcat/client/command.h"
#include "comcat/client/report.h"
#include "comcat/wire/limits.h"

#include "client/shown_name.h"
#include "fuzz/fuzz.h"

namespace {

using namespace comcat;

struct CheckPromises {
  void operator()(const client::Volume& command) const {
    COMCAT_FUZZ_CHECK(command.percent >= 0 && command.percent <= 400);
  }
  void operator()(const client::Move& command) const {
    COMCAT_FUZZ_CHECK(wire::check_name(command.room, "room").ok());
  }
  void operator()(const client::SayText& command) const {
    COMCAT_FUZZ_CHECK(wire::check_text(command.text).ok());
  }
  template <typename Other>
  void operator()(const Other& /*command*/) const {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(fuzz::as_text(data, size));
  const auto command = client::parse_command(line);
  if (command.ok()) {
    std::visit(CheckPromises{}, *command);
  } else {
    const std::string sentence(command.status().message());
    COMCAT_FUZZ_CHECK(!sentence.empty() && base::is_safe_text(sentence));
  }
  const std::string json = client::to_json(client::Report(line, line));
  COMCAT_FUZZ_CHECK(base::is_safe_text(json) || !base::is_safe_text(line));
  for (const char c : json) COMCAT_FUZZ_CHECK(static_cast<unsigned char>(c) >= 0x20);
  const std::string shown = client::shown_name(line);
  COMCAT_FUZZ_CHECK(shown == line || shown.front() == '"' ||
                    shown != client::without_isolates(shown));
  if (base::is_safe_text(line)) {
    COMCAT_FUZZ_CHECK(client::typed_name(client::without_isolates(shown)) == line);
  }
  return 0;
}
