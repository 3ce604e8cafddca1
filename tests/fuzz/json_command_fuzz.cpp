// Commands as JSON: what is understood keeps the promises of command.h, and what is not gets a
// sentence that is safe to print.

#include "comcat/base/text.h"
#include "comcat/client/json_command.h"
#include "comcat/wire/limits.h"

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
  void operator()(const client::HostWords& command) const {
    COMCAT_FUZZ_CHECK(wire::check_text(command.words).ok());
  }
  template <typename Other>
  void operator()(const Other& /*command*/) const {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const client::JsonCommand it = client::parse_json_command(std::string(fuzz::as_text(data, size)));
  if (it.command.ok()) {
    std::visit(CheckPromises{}, *it.command);
  } else {
    const std::string sentence(it.command.status().message());
    COMCAT_FUZZ_CHECK(!sentence.empty() && base::is_safe_text(sentence));
  }
  if (it.id) {
    client::Object object;
    object.with("id", *it.id);
    for (const char c : client::to_json(object)) {
      COMCAT_FUZZ_CHECK(static_cast<unsigned char>(c) >= 0x20);
    }
  }
  return 0;
}
