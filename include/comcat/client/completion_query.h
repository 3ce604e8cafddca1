#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace comcat::client {

/// What the word before the cursor may become. A value; threads: any.
struct CompletionQuery {
  enum class Names { kNone, kPeople, kRooms, kMicrophones, kLoudspeakers };

  std::size_t begin = 0;           // of that word in the line, in bytes
  std::string start;               // what has been typed of it, without a quote
  std::vector<std::string> words;  // some of what it may become: words of the console
  Names names = Names::kNone;      // the others, which whoever holds the call knows
  bool may_be_quoted = false;      // names of more than words stand between quotes
};

}  // namespace comcat::client
