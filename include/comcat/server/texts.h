#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/caller.h"
#include "comcat/server/metrics.h"
#include "comcat/server/rooms.h"
#include "comcat/server/shared_texts.h"
#include "comcat/store/keeper.h"
#include "comcat/wire/messages.h"

#include "absl/status/statusor.h"

namespace comcat::server {

/// Texts on their way to who keeps them, and from there to the callers: a text is answered OK, and
/// heard in the room, once it is kept. Where nobody keeps texts, that is at once.
///
/// Cluster    what is said goes to the history that all servers have in common, and is heard in
///            the order in which it comes from there; the keeper has a copy, of which earlier texts
///            are read. Who said it is answered when it has come back as well, or a second after it
///            was kept.
/// Threads    one: the shard. It never waits for the keeper.
/// Ownership  the keeper, the common history, the rooms, the callers and the metrics outlive it.
class Texts {
 public:
  using Callers = std::unordered_map<wire::SessionNumber, Caller*>;

  /// `shared` is null but in a cluster.
  Texts(store::Keeper* keeper, SharedTexts* shared, Rooms& rooms, const Callers& callers,
        Metrics& metrics)
      : keeper_(keeper), shared_(shared), rooms_(rooms), callers_(callers), metrics_(metrics) {}

  /// Whether earlier texts can be read here.
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

  /// The callers who have now had an answer.
  using Answered = std::vector<Caller*>;
  [[nodiscard]] Answered take(store::Answer answer);
  /// What the common history says of a text that was given to it.
  [[nodiscard]] Answered take_said(std::uint64_t ticket,
                                   const absl::StatusOr<std::uint64_t>& number, base::Time now);
  /// To be called now and then, unless it rests.
  [[nodiscard]] Answered tick(base::Time now);
  [[nodiscard]] bool rests() const { return unheard_.empty(); }

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

  /// What is in the common history, but has not come from there yet.
  struct Unheard {
    Asked asked;
    base::Time until{};
  };

  /// False where the keeper takes nothing now.
  bool ask(Asked asked, decltype(store::Request::what) what);
  /// The same for the common history.
  bool share(Asked asked, const Caller& caller, const std::string& text);
  /// Who is owed the answer; null where nobody is.
  [[nodiscard]] Caller* owed(const Asked& asked) const;
  void answer_say(const Asked& asked, const absl::Status& status, Answered& answered);
  /// What has come from the common history is heard.
  void hear(const std::vector<store::LoggedText>& texts, Answered& answered);
  static void answer_show(const Asked& asked, Caller* caller, const store::Answer& answer);
  void answer_catch_up(const Asked& asked, Caller* caller, const store::Answer& answer);

  store::Keeper* const keeper_;
  SharedTexts* const shared_;
  Rooms& rooms_;
  const Callers& callers_;
  Metrics& metrics_;
  std::uint64_t next_ticket_ = 1;
  std::unordered_map<std::uint64_t, Asked> asked_;  // by ticket
  std::multimap<std::uint64_t, Unheard> unheard_;   // by the text's number
  std::uint64_t heard_ = 0;                         // the number of the last that has come
};

}  // namespace comcat::server
