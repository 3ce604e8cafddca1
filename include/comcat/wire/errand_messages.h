#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "comcat/wire/messages.h"

/// What a node asks of others on behalf of somebody in a call or of whoever runs it, and their
/// answers; a part of cluster_messages.h. Threads: plain values.
namespace comcat::wire {

inline constexpr std::size_t kMaxOrderBytes = 4096;   // of a host's words
inline constexpr std::size_t kMaxAnswerBytes = 4096;  // of what there is to say of them
inline constexpr std::size_t kMaxLineBytes = 512;     // of what a host is told of somebody
inline constexpr std::size_t kMaxPagePeople = 128;
inline constexpr std::size_t kMaxPageRooms = 500;
inline constexpr std::size_t kMaxPageNames = 8192;  // of who is in those rooms
inline constexpr std::uint32_t kMaxAnswerPages = 64;

/// A text for one person whom the other node has in the room, and nobody else.
struct PrivateText {
  std::uint64_t id = 0;  // that the answer has
  std::string room;
  std::string to;             // the name of whoever is to read it
  SessionNumber session = 0;  // who says it
  std::string name;
  std::string text;
};

/// What a host has asked for, to be done where it concerns somebody.
struct Order {
  std::uint64_t id = 0;
  std::string words;
  std::string by;             // as it is logged, without the node
  SessionNumber session = 0;  // whom it concerns; 0: nobody in particular
  std::string address{};      // of who asks, and is not to ban themselves; may be empty
  std::string device{};       // the fingerprint of their key; may be empty
};

/// What has become of a PrivateText or an Order.
struct Answered {
  std::uint64_t id = 0;
  int status = 0;  // a gRPC status code; 0: it is done
  std::string text{};
  std::uint32_t count = 0;  // of people whom it concerned
};

/// Who is there? `lines`: as hosts are told of them.
struct PeopleAsked {
  std::uint64_t id = 0;
  std::string room{};  // empty: any
  std::string name{};  // with the number beside it; empty: any
  bool lines = false;
};

/// Somebody whom the sender has in a room.
struct Located {
  std::string room;
  Member member;
  std::string line{};  // safe text, where lines were asked for
};

struct PeopleAnswered {
  std::uint64_t id = 0;
  std::uint32_t page = 0;
  std::uint32_t pages = 1;
  std::vector<Located> people{};
};

/// In which rooms do you have somebody?
struct RoomsAsked {
  std::uint64_t id = 0;
  bool hidden = false;     // also those that only who knows their names is told of
  bool names = false;      // of who is there
  bool all_names = false;  // also where a passcode is asked for
};

/// What one node has counted.
struct Figures {
  std::uint64_t callers = 0;
  std::uint64_t joins = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;
};

struct RoomsAnswered {
  std::uint64_t id = 0;
  std::uint32_t page = 0;
  std::uint32_t pages = 1;
  std::vector<RoomInfo> rooms{};  // with the people of the sender's alone
  Figures figures{};              // on page 0
};

}  // namespace comcat::wire
