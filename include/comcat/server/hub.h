#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/absentees.h"
#include "comcat/server/caller.h"
#include "comcat/server/cluster_link.h"
#include "comcat/server/cluster_options.h"
#include "comcat/server/colleagues.h"
#include "comcat/server/hosts.h"
#include "comcat/server/late_answers.h"
#include "comcat/server/metrics.h"
#include "comcat/server/moving_out.h"
#include "comcat/server/name_claims.h"
#include "comcat/server/rooms.h"
#include "comcat/server/texts.h"
#include "comcat/store/keeper.h"

#include "absl/status/status.h"

namespace comcat::server {

struct HubOptions {
  RoomLimits rooms;
  std::vector<LastingRoom> lasting_rooms;
  VoicePaths* datagrams = nullptr;  // which outlive the hub; null: voice takes the streams alone
  store::Keeper* keeper = nullptr;  // of texts, which outlives the hub; null: nobody keeps them
  SharedTexts* shared_texts = nullptr;  // outlives the hub; null: this server is alone
  std::chrono::seconds hello_timeout{5};
  std::chrono::seconds stall_timeout{10};
  CallerLimits caller;
  HostOptions hosts;
  NameClaimOptions claims;
  ClusterOptions cluster;
  std::string certificate;  // base::certificate_fingerprint() of what callers see; empty: no TLS
};

/// The callers and rooms of one shard and everything that happens between them. It knows no gRPC:
/// what connections send goes into receive(), and what they are to send is in their queues.
///
/// Threads    one. From wake() and close(), links may neither call back into the hub nor destroy a
///            caller.
/// Time       the caller's: tick() is due at next_deadline(), and may come at any time.
class Hub {
 public:
  /// What everyone is told while the server drains.
  static constexpr const char* kShuttingDown = "the server is shutting down";

  Hub(HubOptions options, Metrics& metrics);

  /// An admitted caller. It is in no room until its hello.
  void open(Caller& caller, base::Time now);

  /// What `caller` sent. An error ends the stream with that status; the caller has then left. What
  /// it sends next is to be read from caller.conduct.read_after() on.
  [[nodiscard]] absl::Status receive(Caller& caller, wire::Request request, base::Time now);

  /// A packet of voice that came from `caller` as a datagram. Who sends too many is not heard, and
  /// at last closed.
  void hear(Caller& caller, wire::VoicePacket packet, base::Time now);

  /// The connection is gone or going. Harmless when it has left already.
  void leave(Caller& caller, wire::LeaveReason reason, base::Time now, const std::string& why = {});

  /// Closes callers who said no hello or do not read, and sends what has waited to be coalesced.
  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline(base::Time now) const;

  /// What the keeper has answered.
  void take(std::vector<store::Answer> answers, base::Time now);
  /// What the common history of the cluster has said of a text: its number there.
  void take_said(std::uint64_t ticket, const absl::StatusOr<std::uint64_t>& number, base::Time now);

  /// Tells everyone that the server stops within `grace` and closes their streams: those of who can
  /// go on at another node one after the other, all others' at once. Nobody may join any more.
  void drain(std::chrono::milliseconds grace, base::Time now);
  /// While it drains: whether all who went to other nodes have arrived there.
  [[nodiscard]] bool has_moved_out() const;

  /// From now on callers see this certificate; some still come who have seen the one before.
  void renew_certificate(std::string fingerprint);

  /// Why nobody from `address` may come in; OK where somebody may.
  [[nodiscard]] absl::Status check_ban(const std::string& address) { return hosts_.check(address); }
  /// Does what whoever runs the server asks for, in words, and tells `done` once what there is to
  /// say of it.
  void administer(const std::string& words, base::Time now, const Hosts::Later& done);

  /// These rooms last from now on, and no others do.
  void declare_rooms(const std::vector<LastingRoom>& rooms, base::Time now) {
    rooms_.declare(rooms, now);
  }

  /// The other nodes of the cluster; null: this one is alone.
  [[nodiscard]] ClusterLink* cluster() { return cluster_.get(); }

  /// What heartbeats say of bans and claims, which is the same where those are.
  [[nodiscard]] std::uint64_t records_digest() const { return colleagues_.records.digest(); }

  /// To be told what writes cost.
  SendLoad& send_load() { return rooms_.load(); }

  [[nodiscard]] std::size_t callers() const { return callers_.size(); }

 private:
  [[nodiscard]] wire::SessionNumber next_number();
  absl::Status relay(Caller& caller, wire::VoiceUp& voice, base::Time now);
  /// A hello, or the signature of the one before.
  absl::Status greet(Caller& caller, const wire::Hello& hello, base::Time now);
  absl::Status relay_stream(Caller& caller, wire::VoiceUp& voice, base::Time now);
  absl::Status take_report(Caller& caller, const wire::DatagramReport& report, base::Time now);
  /// Has the device of a caller that has a code join the claim of its name, then lets it join().
  absl::Status pair(Caller& caller, const wire::Hello& hello, base::Time now);
  void finish_pairing(wire::SessionNumber session, const absl::Status& paired, base::Time now);
  absl::Status join_paired(Caller& caller, const wire::Hello& hello, const absl::Status& paired,
                           base::Time now);
  /// Gives the caller a name that is nobody else's, and whatever is known of the device.
  absl::Status name(Caller& caller, const wire::Hello& hello);
  absl::Status join(Caller& caller, const wire::Hello& hello, base::Time now);
  /// Whether other nodes may have somebody in `room` whose name that is.
  [[nodiscard]] bool is_to_ask(const Caller& caller, const wire::Hello& hello,
                               const std::string& room);
  /// Lets the caller enter once the others have answered.
  void ask_others(Caller& caller, const wire::Hello& hello, const std::string& room,
                  base::Time now);
  void finish_asking(wire::SessionNumber session, const std::string& room,
                     const cluster::Decision& decision, base::Time now);
  /// The caller is who another node had in the room.
  void take_over(Caller& caller, const wire::Resident& former, const std::string& room,
                 base::Time now);
  /// Says to a caller that it is in the room, or, by the status, that it is not.
  absl::Status welcome(Caller& caller, const wire::Hello& hello, const absl::Status& status,
                       base::Time now);
  /// Takes the place of who `caller` was before, where there is one and it may; else enters `room`.
  absl::Status enter(Caller& caller, const wire::Hello& hello, const std::string& room,
                     base::Time now, std::uint32_t least_twin = 0);
  absl::Status greet_again(Caller& caller, const wire::Hello& hello, base::Time now);
  absl::Status take_receipt(Caller& caller, const wire::Acknowledge& receipt, base::Time now);
  absl::Status obey(Caller& caller, wire::Command command, base::Time now);
  /// Does what has waited for answers of the keeper's.
  void obey_later(Caller& caller, base::Time now);
  void obey_later(const Texts::Answered& answered, base::Time now);
  /// The caller with this key, whose place `by` takes; null where there is none.
  [[nodiscard]] Caller* find_resumed(const std::string& resume_key, const Caller& by) const;
  /// Somebody here has another number beside the name, as another node has the older claim.
  void renumber(wire::SessionNumber number, std::uint32_t twin, base::Time now);
  /// Somebody here is not in the room any more, by the word of another node.
  void let_go(const wire::Left& left, base::Time now);
  /// Somebody here is in the room by another node now.
  void move_out(Participant there, base::Time now);
  /// Tells callers where they could go.
  void tell_others();
  /// Ends the stream of a caller who is to go on at another server, where its place waits for it.
  void send_away(wire::SessionNumber session, base::Time now);
  void sweep(base::Time now);
  void use_claims(base::Time now);
  void close(Caller& caller, wire::LeaveReason reason, const absl::Status& status, base::Time now,
             const std::string& why = {});

  const HubOptions options_;
  std::vector<std::string> certificates_;  // that callers may have seen, the latest first
  Metrics& metrics_;
  wire::SessionNumber next_number_ = 1;
  std::unordered_map<wire::SessionNumber, Caller*> callers_;
  std::unique_ptr<ClusterLink> cluster_;  // null: this node is alone. It outlives the rooms
  Rooms rooms_;
  Absentees absentees_{rooms_};
  NameClaims claims_;
  Hosts hosts_;
  Texts texts_;
  LateAnswers late_;
  Colleagues colleagues_;
  base::Time next_sweep_{};
  base::Time next_use_{};  // of the claims whose holders are here
  bool rests_ = false;  // nobody waits for the next sweep, as nothing has happened since the last
  bool draining_ = false;
  MovingOut moving_out_;  // while it drains
};

}  // namespace comcat::server
