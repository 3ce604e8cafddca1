// An entry of the cluster's log of texts, which anybody who may speak to NATS can have written: it
// is nobody's, or a text that may be kept and told, and is the same again when it is encoded.

#include "comcat/base/unicode.h"
#include "comcat/wire/cluster_convert.h"
#include "comcat/wire/limits.h"

#include "fuzz/fuzz.h"
#include "server/logged_text.h"
#include "server/room_topic.h"

using namespace comcat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bus::LogEntry entry;
  entry.number = 17;
  entry.bytes.assign(reinterpret_cast<const char*>(data), size);
  const auto said = wire::parse_room_text(std::as_bytes(std::span(entry.bytes)));
  if (said.ok()) {
    const std::string once = wire::encode_room_text(*said);
    COMCAT_FUZZ_CHECK(*wire::parse_room_text(std::as_bytes(std::span(once))) == *said);
    entry.topic = server::room_topic(base::comparison_key(said->room));
  }
  const auto text = server::logged_text(entry);
  COMCAT_FUZZ_CHECK(text.has_value() == said.ok());
  if (!text) return 0;
  COMCAT_FUZZ_CHECK(text->room == base::comparison_key(said->room));
  COMCAT_FUZZ_CHECK(wire::check_name(text->text.name).ok() &&
                    wire::check_text(text->text.text).ok());
  COMCAT_FUZZ_CHECK(text->session != 0 && text->text.number == entry.number);
  entry.topic += "0";
  COMCAT_FUZZ_CHECK(!server::logged_text(entry));
  return 0;
}
