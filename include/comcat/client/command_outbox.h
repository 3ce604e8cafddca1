#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/client/asker.h"
#include "comcat/wire/messages.h"

#include "absl/status/status.h"

namespace comcat::client {

/// A command of the user's, of which the server has to answer.
struct UserCommand {
  enum class Kind {
    kSetMute,
    kSetDeafen,
    kSetLoopback,
    kRecord,
    kRecordNoMore,
    kJoin,
    kNewRoom,
    kRooms,
    kRoomNames,
    kWho,
    kSay,
    kTell,
    kHistory,
    kHost,
    kClaim,
    kPair,
    kProbe
  };
  Kind kind = Kind::kProbe;
  wire::Command command;
  base::Time sent_at{};
  int refusals = 0;              // how often the server had no time for it
  std::optional<Asker> asker{};  // who waits for the answer, where one does

  /// True where it is told again after an outage.
  [[nodiscard]] bool is_state() const {
    return kind == Kind::kSetMute || kind == Kind::kSetDeafen || kind == Kind::kSetLoopback ||
           kind == Kind::kRecordNoMore;
  }
  /// True where the user is shown what has failed, to say it again.
  [[nodiscard]] bool is_text() const { return kind == Kind::kSay || kind == Kind::kTell; }
  /// What was asked for, as a person would say it: rooms, say "hello".
  [[nodiscard]] std::string description() const;
};

/// Commands on their way to the server, in the order in which they were given, at the pace that a
/// server takes them: 10 a second and, as clocks differ, a little more, of
/// which the first few leave at once. One for which the server
/// has no time is sent again, before those that came later, and from then on they leave slower.
///
/// Capacity   none of its own: whoever gives more while `is_behind()` makes it grow.
/// Threads    one at a time. No clock: `now` is an argument.
class CommandOutbox {
 public:
  /// OK where the command is on its way.
  using Send = std::function<absl::Status(const wire::Command&)>;
  using Unsent = std::vector<std::pair<UserCommand, absl::Status>>;

  static constexpr std::chrono::milliseconds kInterval{96};
  static constexpr int kBurst = 4;  // the server takes 5; the network may push two together
  static constexpr std::chrono::milliseconds kRefusedPause{1'100};
  static constexpr std::chrono::seconds kPatience{3};

  explicit CommandOutbox(Send send) : send_(std::move(send)) {}

  /// Sends `verb` now or when its turn has come; what could not be sent.
  [[nodiscard]] Unsent give(UserCommand::Kind kind, decltype(wire::Command::verb) verb,
                            base::Time now, std::optional<Asker> asker = {});
  /// Sends it at once and expects no answer; false when that is not possible.
  bool tell(decltype(wire::Command::verb) verb);

  /// What `outcome` answers. Nothing where that is unknown, or is to be sent again.
  [[nodiscard]] std::optional<UserCommand> take_answered(const wire::Outcome& outcome,
                                                         base::Time now);

  /// Sends what is due; what could not be sent.
  [[nodiscard]] Unsent step(base::Time now);
  /// What has had no answer within kPatience; it is waited for no longer.
  [[nodiscard]] std::vector<UserCommand> take_unanswered(base::Time now);
  [[nodiscard]] base::Time next_deadline() const;

  /// The connection was lost: what has not been sent waits for the next. What has had no answer.
  [[nodiscard]] std::vector<UserCommand> interrupt();
  /// There is a connection again. Whether one is muted or deafened is told anew by the caller.
  void resume();

  /// True while something waits for its turn: who can wait gives nothing more then.
  [[nodiscard]] bool is_behind() const { return !waiting_.empty(); }
  /// True when everything has been sent and answered.
  [[nodiscard]] bool is_idle() const { return waiting_.empty() && in_flight_.empty(); }

 private:
  [[nodiscard]] base::Time free_at() const;
  void send(UserCommand command, base::Time now, Unsent& unsent);
  void send_again(UserCommand command, base::Time now);

  const Send send_;
  std::deque<UserCommand> waiting_;                 // by trace id
  std::map<std::uint64_t, UserCommand> in_flight_;  // by trace id
  std::uint64_t next_trace_id_ = 1;
  base::Duration interval_ = kInterval;
  base::Time spent_until_{};  // had each command left an interval after the one before it
  bool interrupted_ = false;
};

}  // namespace comcat::client
