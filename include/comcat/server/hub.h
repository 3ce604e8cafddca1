#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/metrics.h"
#include "comcat/server/room.h"
#include "comcat/server/session.h"

#include "absl/status/status.h"

namespace comcat::server {

struct HubOptions {
  std::size_t max_speakers = 8;
  std::size_t max_rooms = 1000;
  std::chrono::seconds hello_timeout{5};
  std::chrono::seconds stall_timeout{10};
  SessionLimits session;
};

/// The sessions and rooms of one shard and everything that happens between them. It knows no gRPC:
/// what connections send goes into receive(), and what they are to send is in their queues.
///
/// Threads    one. From wake() and close(), links may neither call back into the hub nor destroy a
///            session.
/// Time       the caller's: tick() is due at next_deadline(), and may come at any time.
class Hub {
 public:
  Hub(HubOptions options, Metrics& metrics);

  /// An admitted session. It is in no room until its hello.
  void open(Session& session, base::Time now);

  /// What `session` sent. An error ends the stream with that status; the session has then left.
  /// What it sends next is to be read from session.read_after on.
  [[nodiscard]] absl::Status receive(Session& session, wire::Request request, base::Time now);

  /// The connection is gone or going. Harmless when it has left already.
  void leave(Session& session, wire::LeaveReason reason, base::Time now);

  /// Closes sessions that said no hello or do not read, and sends what has waited to be coalesced.
  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline(base::Time now) const;

  /// Tells everyone that the server stops within `grace` and closes their streams. Nobody may join
  /// any more.
  void drain(std::chrono::milliseconds grace, base::Time now);

  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

 private:
  static constexpr const char* kShuttingDown = "the server is shutting down";

  absl::Status on(Session& session, wire::VoiceUp& voice, base::Time now);
  absl::Status on(Session& session, wire::Hello& hello, base::Time now);
  absl::Status on(Session& session, wire::Command& command, base::Time now);

  void execute(Session& session, std::uint64_t trace_id, const wire::UnknownCommand& verb,
               base::Time now);
  void execute(Session& session, std::uint64_t trace_id, const wire::SetMute& verb, base::Time now);
  void execute(Session& session, std::uint64_t trace_id, const wire::SetDeafen& verb,
               base::Time now);
  void execute(Session& session, std::uint64_t trace_id, const wire::JoinRoom& verb,
               base::Time now);
  void execute(Session& session, std::uint64_t trace_id, const wire::ListRooms& verb,
               base::Time now);
  void execute(Session& session, std::uint64_t trace_id, const wire::Say& verb, base::Time now);

  /// `session` sent more of `what` than it may: nothing of it is read for `pause`. Where this goes
  /// on it is warned once, with the `consequence`, and at last the status is an error.
  absl::Status throttle(Session& session, Flood& flood, std::string_view what,
                        std::string_view consequence, base::Duration pause, base::Time now);
  absl::Status refuse_command(Session& session, std::string_view what, base::Time now);
  absl::Status pace(Session& session, const wire::VoiceUp& voice, base::Time now);
  absl::Status refuse(const Session& session, const absl::Status& status, Refusal why);
  void name_original(Session& session, const std::string& name, base::Time now);
  void take_over(const std::string& resume_key, const Session& by, base::Time now);
  void welcome(Session& session);
  void answer(Session& session, wire::Outcome outcome);
  void tell(Room& room, const wire::Event& event, const Session* except, base::Time now);
  absl::Status enter(Session& session, const std::string& room_name, base::Time now);
  void depart(Session& session, wire::LeaveReason reason, base::Time now);
  void sweep(base::Time now);
  void close(Session& session, wire::LeaveReason reason, const absl::Status& status,
             base::Time now);
  void close_overflowed(Session& session, base::Time now);
  /// An error where `session` said no hello or did not read in time.
  [[nodiscard]] absl::Status check_time(const Session& session, base::Time now) const;

  const HubOptions options_;
  Metrics& metrics_;
  wire::SessionNumber next_number_ = 1;
  std::unordered_map<wire::SessionNumber, Session*> sessions_;
  std::map<std::string, std::unique_ptr<Room>, std::less<>> rooms_;  // by key
  // What was a flush_at() and an events_at(), earliest first.
  std::deque<std::pair<base::Time, Room*>> flushing_;
  std::deque<std::pair<base::Time, Room*>> telling_;
  base::Time next_sweep_{};
  bool draining_ = false;
};

}  // namespace comcat::server
