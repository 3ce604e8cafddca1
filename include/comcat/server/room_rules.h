#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/server/passcode.h"

#include "absl/status/status.h"

/// What may hold for a room. Threads: plain values.
namespace comcat::server {

struct RoomRules {
  bool lasts = false;                  // also while nobody is in it
  std::optional<Passcode> passcode{};  // that who enters must know; nothing: none
  std::size_t most_people = 0;         // at a time; 0: any number
  bool texts_for_hosts = false;        // only hosts see what is said; everyone may say something
};

/// A room of --rooms.
struct LastingRoom {
  std::string name;  // in normal form
  RoomRules rules;
};

/// Whether somebody at `address` who gives `given` ("": nothing) has the passcode of the room
/// `room`. Which wrong ones count as guesses, and what becomes of who guesses, is up to whoever
/// implements it: Admission::admit_to_room().
using RoomDoor =
    std::function<absl::Status(const std::string& address, const Passcode& passcode,
                               const std::string& given, const std::string& room, base::Time now)>;

}  // namespace comcat::server
