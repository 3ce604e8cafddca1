#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "comcat/store/text.h"
#include "comcat/wire/messages.h"

#include "absl/status/status.h"

namespace comcat::store {

/// Keep this. Answered with the text as it was stored.
struct Append {
  std::string room;  // the key of its name
  std::string name;
  std::string text;
};

/// Show these: the `most` newest before the number `before` (0: of all), or, where `after` is not 0
/// and has been given out in the room, the `most` oldest after the number `after`. In the order of
/// their numbers, fewer where a page is full.
struct Read {
  std::string room;
  std::uint64_t after = 0;
  std::uint64_t before = 0;
  std::size_t most = 20;
};

/// A text that has its number and its time from a log, which several servers keep.
struct LoggedText {
  std::string room;                 // the key of its name
  wire::SessionNumber session = 0;  // of who said it
  Text text;
  bool earlier = false;  // it was said before this server began to follow the log
};

/// How far a log is kept: all up to `number` of the log that began at `origin`.
struct Followed {
  std::uint64_t origin = 0;
  std::uint64_t number = 0;
};

/// Keep these of a log, of which they are all from the number after.number on to `up_to`. Those
/// that are kept already are kept once. Answered with the texts, also where they cannot be kept.
struct Place {
  Followed after;
  std::uint64_t up_to = 0;
  std::vector<LoggedText> texts;
};

struct Request {
  std::uint64_t ticket = 0;  // the answer bears the same
  std::variant<Append, Read, Place> what;
};

struct Answer {
  std::uint64_t ticket = 0;
  absl::Status status;  // a sentence for the caller where it is not OK
  std::vector<Text> texts;
  bool more = false;  // of a Read: there are others, older ones or, with `after`, newer ones
  std::vector<LoggedText> placed{};  // of a Place
};

/// Who keeps texts. Implemented by Journal and by tests.
class Keeper {
 public:
  virtual ~Keeper() = default;
  /// Takes a request, which is answered later and exactly once, unless the keeper ends before.
  /// Answers come in the order of the requests: a Read sees what was to be kept before it and
  /// nothing of what came later. False where it can take none now; there is then no answer.
  [[nodiscard]] virtual bool ask(Request request) = 0;
};

}  // namespace comcat::store
