// A file of --rooms: every line is a room within the limits, or one safe sentence that says where.

#include <string>

#include "comcat/base/text.h"
#include "comcat/server/rooms_file.h"
#include "comcat/wire/limits.h"

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace comcat;
  const auto rooms = server::parse_rooms_file(fuzz::as_text(data, size), "rooms");
  if (!rooms.ok()) {
    COMCAT_FUZZ_CHECK(absl::IsInvalidArgument(rooms.status()));
    const std::string sentence(rooms.status().message());
    COMCAT_FUZZ_CHECK(sentence.starts_with("rooms:"));
    COMCAT_FUZZ_CHECK(base::is_safe_text(sentence, base::Joiners::kKept));
    return 0;
  }
  COMCAT_FUZZ_CHECK(rooms->size() <= server::kMaxLastingRooms);
  for (const server::LastingRoom& room : *rooms) {
    COMCAT_FUZZ_CHECK(wire::check_name(room.name, "room").ok());
    COMCAT_FUZZ_CHECK(room.rules.lasts);
  }
  return 0;
}
