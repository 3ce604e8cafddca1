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

  absl::Status on(Session& session, wire::VoiceFrame& frame, base::Time now);
  absl::Status on(Session& session, wire::Hello& hello, base::Time now);
  absl::Status on(Session& session, wire::Command& command, base::Time now);

  void execute(Session& session, std::uint64_t trace_id, const wire::UnknownCommand& verb);
  void execute(Session& session, std::uint64_t trace_id, const wire::SetMute& verb);
  void execute(Session& session, std::uint64_t trace_id, const wire::SetDeafen& verb);
  void execute(Session& session, std::uint64_t trace_id, const wire::JoinRoom& verb);
  void execute(Session& session, std::uint64_t trace_id, const wire::ListRooms& verb);
  void execute(Session& session, std::uint64_t trace_id, const wire::Say& verb);

  absl::Status flooding(Session& session, std::string_view what, base::Time now);
  absl::Status refuse(const Session& session, const absl::Status& status, Refusal why);
  void name_original(Session& session, const std::string& name);
  void take_over(const std::string& resume_key, const Session& by, base::Time now);
  void welcome(Session& session);
  void answer(Session& session, wire::Outcome outcome);
  void send(Session& session, std::string message);
  void tell(Room& room, const wire::Event& event, const Session* except);
  absl::Status enter(Session& session, const std::string& room_name);
  void depart(Session& session, wire::LeaveReason reason);
  void close(Session& session, wire::LeaveReason reason, const absl::Status& status,
             base::Time now);
  void close_doomed(base::Time now);

  const HubOptions options_;
  Metrics& metrics_;
  wire::SessionNumber next_number_ = 1;
  std::unordered_map<wire::SessionNumber, Session*> sessions_;
  std::map<std::string, std::unique_ptr<Room>, std::less<>> rooms_;
  std::deque<std::pair<base::Time, Room*>> flushing_;  // what was a flush_at(), earliest first
  std::vector<Session*> doomed_;                       // their control queue overflowed
  base::Time next_sweep_{};
  bool draining_ = false;
};

}  // namespace comcat::server
