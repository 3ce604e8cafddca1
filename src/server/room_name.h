#pragma once

#include <string>
#include <string_view>

namespace comcat::server {

/// A name that nobody guesses: ten of a-z and 2-7 (base32), two of them digits at least, from the
/// system's entropy; 49 bits. Threads: any.
[[nodiscard]] std::string make_room_name();

/// Whether `key`, base::comparison_key() of a room's name, may have come from make_room_name(). Who
/// does not know such a name is not told it. It is seen from the name alone, so that it holds also
/// where the room is made anew, by people who come back after a restart. Threads: any.
[[nodiscard]] bool is_unlisted(std::string_view key);

}  // namespace comcat::server
