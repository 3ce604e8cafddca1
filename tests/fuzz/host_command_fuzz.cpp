// The words of hosts: every answer is a command within bounds, or one safe sentence.

#include <string>
#include <string_view>
#include <variant>

#include "comcat/base/text.h"
#include "comcat/server/ban_list.h"
#include "comcat/server/host_command.h"
#include "comcat/wire/limits.h"

#include "fuzz/fuzz.h"

namespace {

using namespace comcat;

void check(const server::Whom& whom) {
  COMCAT_FUZZ_CHECK(wire::check_name(whom.name).ok());
  COMCAT_FUZZ_CHECK(whom.room.empty() || wire::check_name(whom.room, "room").ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto command = server::parse_host_command({reinterpret_cast<const char*>(data), size});
  if (!command.ok()) {
    COMCAT_FUZZ_CHECK(
        base::is_safe_text(std::string(command.status().message()), base::Joiners::kKept));
    return 0;
  }
  if (const auto* const kick = std::get_if<server::KickPerson>(&*command)) {
    check(kick->whom);
    COMCAT_FUZZ_CHECK(kick->because.empty() || wire::check_text(kick->because).ok());
  } else if (const auto* const ban = std::get_if<server::BanAddress>(&*command)) {
    if (ban->address.empty()) check(ban->whom);
    COMCAT_FUZZ_CHECK(ban->address.empty() || server::normal_address(ban->address) == ban->address);
  } else if (const auto* const mute = std::get_if<server::MutePerson>(&*command)) {
    check(mute->whom);
  }
  return 0;
}
