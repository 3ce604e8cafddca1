#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace comcat::store {

/// The wall clock, in UTC, as texts carry it.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Something that was said in a room and is kept. Threads: a plain value.
struct Text {
  std::uint64_t number = 0;  // greater than that of the text before it in the room; see Database
  WallTime time{};           // when it was stored
  std::string name;          // whose text it is
  std::string text;
};

}  // namespace comcat::store
