#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "comcat/wire/messages.h"

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
  bool draining = false;  // takes nobody any more
  bool ending = false;    // its last

  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

// ---- who is in a room

/// Somebody whom a node has in a room, there or away.
struct Resident {
  Member member;
  std::uint64_t named_ms = 0;  // since when they hold the name here, since 1970 in UTC
  std::uint32_t moves = 0;     // from node to node, as one participant

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

/// Whoever has a part of the room is to send it to the sender.
struct RoomAsked {
  std::string room;
};

// ---- names

/// May somebody be in a room under their name? To the room's keeper.
struct NameAsked {
  std::uint64_t id = 0;  // that the answer has
  std::string room;
  Resident who;
};

struct NameAnswered {
  std::uint64_t id = 0;
  int status = 0;                 // a gRPC status code; 0: they may
  std::uint32_t twin = 0;         // as Member::twin
  std::vector<NodeNumber> nodes;  // that have a part of the room
};

// ---- what is said

/// What the loudest of a node say, to all others of the room.
struct RoomVoice {
  std::string room;
  std::uint64_t sent_us = 0;  // by the sender's steady clock, which nobody else knows
  VoicePackets packets;
};

struct RoomText {
  std::uint64_t id = 0;  // of the sender's, so that it is said once
  std::string room;
  SessionNumber session = 0;
  std::string name;
  std::string text;
  std::uint64_t number = 0;  // as in TextSaid
  std::uint64_t time_ms = 0;
};

/// A text for one person, to the node where they are.
struct PrivateText {
  std::uint64_t id = 0;  // that the answer, an OrderAnswered, has
  SessionNumber to = 0;
  SessionNumber session = 0;
  std::string name;
  std::string text;
};

// ---- what is to be done

/// What a host wants of a node, in words as server/host_command.h reads them.
struct Order {
  std::uint64_t id = 0;  // that the answer has
  std::string words;
  std::string by;
};

struct OrderAnswered {
  std::uint64_t id = 0;
  int status = 0;  // a gRPC status code
  std::string text;
};

/// From an address or a device nobody is let in, or they are again.
struct BanChanged {
  std::string address;  // as store::Ban has it
  bool lifted = false;
  std::string name;
  std::string because;
  std::string by;
  std::uint64_t until_ms = 0;  // since 1970 in UTC; 0: until it is lifted
};

/// A name is held for devices, or for nobody any more.
struct ClaimChanged {
  std::string name;
  bool released = false;
  std::vector<std::string> keys;  // public ones
  std::uint64_t used_ms = 0;      // since 1970 in UTC
};

using NodeBody =
    std::variant<Heartbeat, RoomPart, RoomDelta, RoomAsked, NameAsked, NameAnswered, RoomVoice,
                 RoomText, PrivateText, Order, OrderAnswered, BanChanged, ClaimChanged>;

struct NodeMessage {
  Sender from;
  NodeBody body;
};

// ---- what is kept or carried sealed

/// By which somebody whose node is lost comes back at another as who they were.
struct Ticket {
  std::string cluster;
  std::string room;
  Resident who;
  std::string device_key;  // that the hello must prove; empty: none was shown
  std::uint64_t expires_ms = 0;
};

struct TicketKey {
  std::uint32_t id = 0;
  std::string secret;  // kTicketKeyBytes
  std::uint64_t made_ms = 0;
};

}  // namespace comcat::wire
