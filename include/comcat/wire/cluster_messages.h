#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "comcat/wire/errand_messages.h"
#include "comcat/wire/messages.h"
#include "comcat/wire/record_messages.h"

/// What the nodes of a cluster say to each other, as plain structs; cluster_convert.h turns them
/// into bytes and back. Field units and limits are those of proto/README.md. Threads: plain values.
namespace comcat::wire {

/// A node's number: new at each of its starts, and never that of another that lives. 0: none.
using NodeNumber = std::uint16_t;

/// Which start of which node speaks, in which cluster.
struct Sender {
  std::string cluster;
  NodeNumber node = 0;
  std::uint64_t incarnation = 0;  // random

  friend bool operator==(const Sender&, const Sender&) = default;
};

// ---- nodes

/// Each second, to all. Who says none for some seconds is gone.
struct Heartbeat {
  std::string name;
  std::string version;
  std::string address;              // where clients reach it, HOST:PORT; empty: they cannot
  std::string fingerprint;          // base::certificate_fingerprint(); empty: no TLS
  std::uint32_t load_permille = 0;  // of the busiest of its threads
  std::uint32_t rooms = 0;          // in which it has somebody
  std::uint32_t people = 0;
  bool draining = false;      // takes nobody any more
  bool ending = false;        // its last
  std::uint64_t records = 0;  // a digest of its bans, claims and mutes; 0: it tells none

  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

// ---- who is in a room

/// Somebody whom a node has in a room, there or away.
struct Resident {
  Member member;
  std::uint64_t named_ms = 0;  // since when they hold the name here, since 1970 in UTC
  std::uint32_t moves = 0;     // from node to node, as one participant
  std::string key_hash{};      // SHA-256 of the key by which they come back; empty: by none

  friend bool operator==(const Resident&, const Resident&) = default;
};

/// Somebody whom a node had there until lately.
struct Gone {
  SessionNumber session = 0;
  std::uint32_t moves = 0;
  LeaveReason reason = LeaveReason::kUnknown;
  std::string why;  // as in Left

  friend bool operator==(const Gone&, const Gone&) = default;
};

/// Somebody whose node is gone, and who may come back.
struct Lost {
  Resident who;
  NodeNumber node = 0;               // where they were
  std::chrono::milliseconds left{};  // until they are in the room no more

  friend bool operator==(const Lost&, const Lost&) = default;
};

/// Everybody whom the sender has in a room: when that has changed, again and again, and to whoever
/// asks. More than kMaxPageResidents come as several pages of one version.
struct RoomPart {
  std::string room;
  std::uint64_t version = 0;  // goes up with each change in any of the sender's rooms
  std::uint32_t page = 0;
  std::uint32_t pages = 1;
  std::vector<Resident> residents;
  std::vector<Gone> gone;    // the latest, on page 0
  std::vector<Lost> lost{};  // of whom the sender knows, on page 0
};

/// What has changed of such a part from version `base`; of no use to who has another.
struct RoomDelta {
  std::string room;
  std::uint64_t base = 0;
  std::uint64_t version = 0;
  std::vector<Resident> changed;
  std::vector<Gone> gone;
};

/// Whoever has a part of the room is to send it to the sender; and to say who has the key with this
/// hash, wherever they are, if it knows one.
struct RoomAsked {
  std::string room;
  std::string key_hash{};  // as in Resident; empty: none is looked for
};

/// Who has the key that was asked for.
struct KeyFound {
  std::string room;
  Resident who;
};

// ---- names

/// May somebody be in a room under their name, or as who they were? To the room's keeper.
struct NameAsked {
  std::uint64_t id = 0;  // that the answer has
  std::string room;
  Resident who;
  std::string key_hash{};  // of the key that they had; empty: they had none
};

struct NameAnswered {
  std::uint64_t id = 0;
  int status = 0;                    // a gRPC status code; 0: they may
  std::uint32_t twin = 0;            // as Member::twin
  std::vector<NodeNumber> nodes;     // that have a part of the room
  std::optional<Resident> former{};  // who they were, and are again, where the key is known
  SessionNumber session = 0;         // of whom it is about; 0: told by an earlier version
};

// ---- what is said

/// What the loudest of a node say, to all others of the room.
struct RoomVoice {
  std::string room;
  VoicePackets packets;
};

/// A text as it is in the log that all nodes follow, which gives it a number and a time.
struct RoomText {
  std::string room;
  SessionNumber session = 0;  // of who says it
  std::string name;
  std::string text;

  friend bool operator==(const RoomText&, const RoomText&) = default;
};

using NodeBody =
    std::variant<Heartbeat, RoomPart, RoomDelta, RoomAsked, NameAsked, NameAnswered, RoomVoice,
                 KeyFound, PrivateText, Order, Answered, PeopleAsked, PeopleAnswered, RoomsAsked,
                 RoomsAnswered, RecordsTold, RecordsAsked, ClaimAsked, PairAsked, ClaimAnswered>;

struct NodeMessage {
  Sender from;
  NodeBody body;
};

}  // namespace comcat::wire
