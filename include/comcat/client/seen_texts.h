#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace comcat::client {

/// Which texts of each room the user has been shown: none is shown twice, and the server can be
/// told from where on some are missing. Numbers of a room only rise.
///
/// Memory     two numbers for each room that the user was in.
/// Threads    one at a time.
class SeenTexts {
 public:
  /// A text of `room` that has come as an event; false where it has been shown already. What is not
  /// numbered (0) is always shown.
  [[nodiscard]] bool is_new(const std::string& room, std::uint64_t number);
  /// The user has been shown all from `oldest` on, as an answer to `history`.
  void add_earlier(const std::string& room, std::uint64_t oldest, std::uint64_t newest);

  /// The newest that was shown; 0 where there is none.
  [[nodiscard]] std::uint64_t newest(const std::string& room) const { return at(room).newest; }
  /// The oldest that was shown; 0 where there is none.
  [[nodiscard]] std::uint64_t oldest(const std::string& room) const { return at(room).oldest; }

 private:
  struct Span {
    std::uint64_t oldest = 0;
    std::uint64_t newest = 0;
  };
  [[nodiscard]] Span at(const std::string& room) const;
  Span& at(const std::string& room);

  std::map<std::string, Span> rooms_;  // by base::comparison_key() of the name
};

}  // namespace comcat::client
