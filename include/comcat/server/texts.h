#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "comcat/server/caller.h"
#include "comcat/server/metrics.h"
#include "comcat/server/rooms.h"
#include "comcat/store/keeper.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

/// Texts on their way to who keeps them, and from there to the callers: a text is answered OK, and
/// heard in the room, once it is kept. Where nobody keeps texts, that is at once.
///
/// Threads    one: the shard. It never waits for the keeper.
/// Ownership  the keeper, the rooms, the callers and the metrics outlive it.
class Texts {
 public:
  using Callers = std::unordered_map<wire::SessionNumber, Caller*>;

  Texts(store::Keeper* keeper, Rooms& rooms, const Callers& callers, Metrics& metrics)
      : keeper_(keeper), rooms_(rooms), callers_(callers), metrics_(metrics) {}

  [[nodiscard]] bool are_kept() const { return keeper_ != nullptr; }

  /// `text` is one that may be said; `caller` is in a room.
  void say(Caller& caller, std::uint64_t trace_id, const std::string& text);
  /// Answers with earlier texts of the caller's room.
  void show(Caller& caller, std::uint64_t trace_id, const wire::History& wanted);
  /// `caller` has entered a room of which it has the texts up to the number `last`, or none (0): it
  /// is sent the later ones, or the newest, before all that is said from now on.
  void arrive(Caller& caller, std::uint64_t last);
  /// Asks for what a caller has missed and has room for now.
  void catch_up(Caller& caller);

  /// Whoever has this session by now is owed no answer to what was asked before.
  void forget(wire::SessionNumber session);

  /// The caller who has now had an answer; null where it has gone, or was owed none.
  Caller* take(store::Answer answer);

 private:
  enum class Kind : std::uint8_t { kSay, kShow, kCatchUp };
  /// What the keeper has been asked, and for whom.
  struct Asked {
    Kind kind = Kind::kSay;
    wire::SessionNumber session = 0;
    std::uint64_t trace_id = 0;
    std::string room;  // its key
    bool owed = true;  // to the one who has the session now
  };

  /// False where the keeper takes nothing now.
  bool ask(Asked asked, decltype(store::Request::what) what);
  void answer_say(const Asked& asked, Caller* caller, const store::Answer& answer);
  static void answer_show(const Asked& asked, Caller* caller, const store::Answer& answer);
  void answer_catch_up(const Asked& asked, Caller* caller, const store::Answer& answer);

  store::Keeper* const keeper_;
  Rooms& rooms_;
  const Callers& callers_;
  Metrics& metrics_;
  std::uint64_t next_ticket_ = 1;
  std::unordered_map<std::uint64_t, Asked> asked_;  // by ticket
};

}  // namespace comcat::server
