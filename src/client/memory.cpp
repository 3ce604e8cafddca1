#include "comcat/client/memory.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "comcat/base/text.h"
#include "comcat/wire/limits.h"

#include "absl/strings/str_split.h"

namespace comcat::client {
namespace {

constexpr const char* kFirstLine = "comcat remembers 1";
constexpr const char* kNoDevice = "-";
constexpr std::size_t kMaxAddressBytes = 300;
constexpr std::size_t kMaxDeviceBytes = 64;
constexpr int kMaxPercent = 400;

using Fields = std::vector<std::string>;

bool is_word(const std::string& text, std::size_t max_bytes) {
  return !text.empty() && text.size() <= max_bytes &&
         std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7F; });
}

std::optional<int> parse_percent(const std::string& text) {
  int percent = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, percent);
  const bool fits = error == std::errc() && stop == end && percent >= 0 && percent <= kMaxPercent;
  return fits ? std::optional(percent) : std::nullopt;
}

/// person, NAME, DEVICE, PERCENT, heard or ignored.
std::optional<PersonMemory> parse_person(const Fields& fields) {
  if (fields.size() != 5 || !wire::check_name(fields[1]).ok()) return std::nullopt;
  if (!is_word(fields[2], kMaxDeviceBytes)) return std::nullopt;
  const std::optional<int> percent = parse_percent(fields[3]);
  if (!percent || (fields[4] != "heard" && fields[4] != "ignored")) return std::nullopt;
  return PersonMemory{fields[1], fields[2] == kNoDevice ? "" : fields[2], *percent,
                      fields[4] == "ignored"};
}

/// Takes one line about the server that was named last; false where it is none.
bool take_line(const Fields& fields, Memory& memory) {
  if (fields.size() == 2 && fields[0] == "server") {
    if (!is_word(fields[1], kMaxAddressBytes)) return false;
    memory.servers.push_back({fields[1], {}});
    return memory.servers.size() <= Memory::kMaxServers;
  }
  if (memory.servers.empty()) return false;
  ServerMemory& server = memory.servers.back().memory;
  if (fields.size() == 2 && fields[0] == "room") {
    server.room = fields[1];
    return wire::check_name(fields[1], "room").ok();
  }
  if (fields.size() == 1 && fields[0] == "muted") return server.muted = true;
  if (fields[0] != "person" || server.people.size() >= ServerMemory::kMaxPeople) return false;
  std::optional<PersonMemory> person = parse_person(fields);
  if (person) server.people.push_back(*std::move(person));
  return person.has_value();
}

}  // namespace

ServerMemory Memory::of(std::string_view address) const {
  const auto found = std::ranges::find(servers, address, &Server::address);
  return found == servers.end() ? ServerMemory{} : found->memory;
}

void Memory::set(const std::string& address, ServerMemory memory) {
  std::erase_if(servers, [&](const Server& server) { return server.address == address; });
  if (!memory.is_empty()) servers.push_back({address, std::move(memory)});
  if (servers.size() > kMaxServers) servers.erase(servers.begin());
}

absl::StatusOr<Memory> parse_memory(std::string_view text) {
  const absl::Status damaged = absl::DataLossError("it is damaged");
  if (!text.ends_with('\n')) return damaged;
  text.remove_suffix(1);
  Memory memory;
  bool first = true;
  for (const std::string& line : Fields(absl::StrSplit(std::string(text), '\n'))) {
    const bool fits =
        first ? line == kFirstLine : take_line(Fields(absl::StrSplit(line, '\t')), memory);
    if (!fits) return damaged;
    first = false;
  }
  return memory;
}

std::string to_text(const Memory& memory) {
  std::string out = std::string(kFirstLine) + "\n";
  for (const auto& [address, server] : memory.servers) {
    out += "server\t" + address + "\n";
    if (!server.room.empty()) out += "room\t" + server.room + "\n";
    if (server.muted) out += "muted\n";
    for (const PersonMemory& person : server.people) {
      out += "person\t" + person.name + "\t" + (person.device.empty() ? kNoDevice : person.device) +
             "\t" + std::to_string(person.volume_percent) + "\t" +
             (person.ignored ? "ignored" : "heard") + "\n";
    }
  }
  return out;
}

}  // namespace comcat::client
