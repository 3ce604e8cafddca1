// The file in which a client remembers servers and people: damaged, or what would be written again.

#include <cstddef>
#include <cstdint>
#include <string>

#include "comcat/client/memory.h"
#include "comcat/wire/limits.h"

#include "fuzz/fuzz.h"

using namespace comcat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto memory = client::parse_memory(text);
  if (!memory.ok()) return 0;
  COMCAT_FUZZ_CHECK(memory->servers.size() <= client::Memory::kMaxServers);
  for (const auto& [address, server] : memory->servers) {
    COMCAT_FUZZ_CHECK(server.people.size() <= client::ServerMemory::kMaxPeople);
    COMCAT_FUZZ_CHECK(server.room.empty() || wire::check_name(server.room, "room").ok());
    for (const client::PersonMemory& person : server.people) {
      COMCAT_FUZZ_CHECK(wire::check_name(person.name).ok());
      COMCAT_FUZZ_CHECK(person.volume_percent >= 0 && person.volume_percent <= 400);
    }
  }
  const auto again = client::parse_memory(client::to_text(*memory));
  COMCAT_FUZZ_CHECK(again.ok() && client::to_text(*again) == client::to_text(*memory));
  return 0;
}
