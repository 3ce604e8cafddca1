#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "comcat/cluster/room_part.h"

#include "absl/status/statusor.h"

/// Who may have which name in a room. Threads: any.
namespace comcat::cluster {

inline constexpr std::size_t kMaxTwins = 9;  // of one person in one room

/// Whether `away` is who `person` was, whose program started anew: the same name and device.
[[nodiscard]] bool is_former_self(const Person& away, const Person& person);

/// Whether who comes by the key of `former` may be that: the name is the same, and the device where
/// that is known.
[[nodiscard]] bool may_come_back(const Person& former, const Person& person);

/// The number beside the name with which `person` may be where `namesakes` are, all of whom have
/// the name: 0 for none. Who is among them keeps theirs. kAlreadyExists where it is another's, or
/// too many of one's own.
[[nodiscard]] absl::StatusOr<std::uint32_t> free_place(const Person& person,
                                                       const std::vector<const Person*>& namesakes);

/// The lowest from 2 that none of `namesakes` but `person` has.
[[nodiscard]] std::uint32_t next_place(const Person& person,
                                       const std::vector<const Person*>& namesakes);

}  // namespace comcat::cluster
