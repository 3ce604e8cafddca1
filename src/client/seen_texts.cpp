#include "comcat/client/seen_texts.h"

#include <algorithm>

#include "comcat/base/unicode.h"

namespace comcat::client {

SeenTexts::Span SeenTexts::at(const std::string& room) const {
  const auto found = rooms_.find(base::comparison_key(room));
  return found == rooms_.end() ? Span() : found->second;
}

SeenTexts::Span& SeenTexts::at(const std::string& room) {
  return rooms_[base::comparison_key(room)];
}

bool SeenTexts::is_new(const std::string& room, std::uint64_t number) {
  if (number == 0) return true;
  Span& seen = at(room);
  if (number <= seen.newest) return false;
  seen.newest = number;
  if (seen.oldest == 0) seen.oldest = number;
  return true;
}

void SeenTexts::add_earlier(const std::string& room, std::uint64_t oldest, std::uint64_t newest) {
  Span& seen = at(room);
  seen.newest = std::max(seen.newest, newest);
  seen.oldest = seen.oldest == 0 ? oldest : std::min(seen.oldest, oldest);
}

}  // namespace comcat::client
