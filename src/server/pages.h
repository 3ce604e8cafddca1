#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "comcat/wire/errand_messages.h"

namespace comcat::server {

/// Hands `all` on in pages of at most `size`, an empty one where there is nothing; what is beyond
/// wire::kMaxAnswerPages of them is left out. Threads: any.
template <typename T, typename Send>
void send_pages(const std::vector<T>& all, std::size_t size, const Send& send) {
  const std::size_t needed = std::max<std::size_t>(1, (all.size() + size - 1) / size);
  const auto pages =
      static_cast<std::uint32_t>(std::min<std::size_t>(needed, wire::kMaxAnswerPages));
  for (std::uint32_t page = 0; page < pages; ++page) {
    const std::size_t begin = page * size;
    const std::size_t end = std::min(begin + size, all.size());
    send(page, pages,
         std::vector<T>(all.begin() + static_cast<std::ptrdiff_t>(begin),
                        all.begin() + static_cast<std::ptrdiff_t>(end)));
  }
}

}  // namespace comcat::server
