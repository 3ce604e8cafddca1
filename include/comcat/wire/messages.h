#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "comcat/wire/limits.h"
#include "comcat/wire/voice_packet.h"

/// What travels, as plain structs; convert.h turns them into bytes and back. Field units and limits
/// are those of proto/README.md. Threads: plain values.
namespace comcat::wire {

// ---- both ways

/// What has arrived of the other end's datagrams, all types of them: sums since the welcome, so
/// that a report that is lost is made up for by the next. It travels in datagrams and on the
/// stream.
struct DatagramReport {
  std::uint64_t highest = 0;   // one more than the highest counter; 0: nothing has arrived
  std::uint32_t received = 0;  // how many, replays not counted; wraps

  friend bool operator==(const DatagramReport&, const DatagramReport&) = default;
};

// ---- up

/// Voice as it goes up. Clients of the original protocol say their name with each packet.
struct VoiceUp {
  VoicePacket packet;
  std::string original_name;
};

struct Hello {
  std::string name;
  std::string room;
  std::string resume_key;
  std::uint32_t features = 0;
  std::uint64_t last_text = 0;  // the number of the last text of the room that one has; 0: none
  std::string key{};            // of the device, Ed25519; empty: none
  std::string signature{};      // by that key, of proof_text(); may follow in a hello of its own
  bool new_room = false;        // `room` is none: the server makes one for whoever is told its name
  std::string room_passcode{};  // where the room asks for one
  std::string pair_code{};      // by which the key joins the claim of the name; empty: none
  std::string client{};         // which program says it, and its version

  /// An empty signal is how the original protocol says hello.
  [[nodiscard]] bool original() const {
    return name.empty() && room.empty() && resume_key.empty() && features == 0 && key.empty() &&
           signature.empty() && !new_room && room_passcode.empty();
  }
};

struct SetMute {
  bool muted = false;
};
struct SetDeafen {
  bool deafened = false;
};
/// Records the call, of which everyone in the room is told.
struct SetRecording {
  bool recording = false;
};
/// Is sent its own voice, too, as the others of the room are; in this stream.
struct SetLoopback {
  bool loopback = false;
};
struct JoinRoom {
  std::string room;
  std::uint64_t last_text = 0;  // as in Hello
  std::string passcode{};
};
/// To a room that the server makes, for whoever is told its name.
struct NewRoom {};
/// All numbered messages up to this one have come; see Numbered. It is answered by nothing.
struct Acknowledge {
  std::uint64_t number = 0;
};
struct ListRooms {
  bool names = false;  // of who is in them, too
};
struct Say {
  std::string text;
};
/// Who is in a room, be it another than one's own.
struct Who {
  std::string room;
};
/// A text for one person in the room alone.
struct Tell {
  std::string name;
  std::string text;
};
/// What a host wants, as server/host_command.h reads it.
struct HostWords {
  std::string words;
};
/// Earlier texts of the room: the `most` (0: kUsualTexts, at most kMaxTextsAsked) newest before the
/// number `before` (0: of all).
struct History {
  std::uint64_t before = 0;
  std::uint32_t most = 0;
};
/// Hold my name for my device's key.
struct Claim {};
/// A code by which another device joins that claim; the outcome's text is the code.
struct Pair {};
/// A command of a later version; answered with UNIMPLEMENTED.
struct UnknownCommand {};

struct Command {
  std::uint64_t trace_id = 0;
  std::variant<UnknownCommand, SetMute, SetDeafen, JoinRoom, ListRooms, Say, Who, History,
               HostWords, Tell, SetRecording, SetLoopback, NewRoom, Acknowledge, Claim, Pair>
      verb;
};

using Request = std::variant<VoiceUp, Hello, Command, DatagramReport>;

// ---- down

/// What is not needed to tell people apart.
struct About {
  std::uint64_t since_ms = 0;  // when they came, since 1970 in UTC, at most kMaxTimeMs; 0: unknown
  std::string device{};        // base::key_fingerprint() of its key; empty: none
  bool claimed = false;        // the name is held for that key
  std::string client{};        // as in Hello

  friend bool operator==(const About&, const About&) = default;
};

struct Member {
  SessionNumber session = 0;
  std::string id;  // UUID
  std::string name;
  bool muted = false;
  bool deafened = false;
  bool original = false;  // hears Opus frames of at most 5 ms
  bool host = false;
  bool muted_by_host = false;  // is then muted, whatever the member wants
  bool recording = false;
  bool away = false;       // the connection is lost, and may come back
  std::uint32_t twin = 0;  // from 2: which of one person's devices in the room this is
  About about{};

  friend bool operator==(const Member&, const Member&) = default;
};

/// Where datagrams go, and what seals them: for each direction a key and a salt, as long as
/// datagram::Keys has them. Who has read them into one wipes them (base::wipe).
struct DatagramOffer {
  std::uint16_t port = 0;        // of the address that the stream goes to
  std::uint32_t connection = 0;  // what the server knows the client's datagrams by
  std::uint8_t epoch = 0;        // that these keys go by, 0 to 15
  std::string up_key;
  std::string up_salt;
  std::string down_key;
  std::string down_salt;
};

/// Another server of the cluster, to which a client may go as who it is.
struct OtherServer {
  std::string address;      // HOST:PORT
  std::string fingerprint;  // base::certificate_fingerprint() of what it shows; empty: no TLS

  friend bool operator==(const OtherServer&, const OtherServer&) = default;
};

struct Welcome {
  SessionNumber session = 0;
  std::string id;
  std::string room;
  std::vector<Member> members;     // who is in the room, oneself among them
  std::uint32_t max_speakers = 0;  // that a listener is sent at a time
  std::string resume_key;
  std::uint32_t features = 0;
  std::optional<DatagramOffer> datagrams{};  // nothing: voice takes the stream
  std::vector<OtherServer> others{};         // at most kMaxOtherServers
};

struct RoomInfo {
  std::string name;
  std::uint32_t members = 0;
  std::vector<std::string> names{};  // where asked for, and as many as one answer takes
  bool asks_passcode = false;
};
/// Of a datagram between the server and somebody in one's own room.
struct RoundTrip {
  SessionNumber session = 0;
  std::uint32_t ms = 0;
};
struct RoomList {
  std::vector<RoomInfo> rooms;
  std::vector<RoundTrip> round_trips{};  // those that are known, in a room that is not large
};
struct Roster {
  std::string room;
  std::vector<Member> members;
};

struct TextSaid {
  SessionNumber session = 0;  // 0: who said it may have gone
  std::string name;
  std::string text;
  std::uint64_t number = 0;   // goes up by one in each room; 0: it is not kept
  std::uint64_t time_ms = 0;  // since 1970 in UTC, at most kMaxTimeMs; 0 where it is not kept
  bool earlier = false;       // said before one came, or while one was away
};
/// Earlier texts, in the order of their numbers.
struct TextPage {
  std::vector<TextSaid> texts;
  bool more = false;  // there are others before them
};

struct Outcome {
  std::uint64_t trace_id = 0;
  int status = 0;  // a gRPC status code; 0 is OK
  std::string text;
  std::variant<std::monostate, RoomList, Roster, TextPage> result;
};

/// In the order of the wire's Left.Reason.
enum class LeaveReason { kUnknown, kStopped, kLost, kMoved, kClosed, kRemoved };

struct Joined {
  Member member;
};
/// What is to be known of somebody who is there already.
struct MemberChanged {
  Member member;
};
struct Left {
  SessionNumber session = 0;
  LeaveReason reason = LeaveReason::kUnknown;
  std::string why;  // of kRemoved: what a host said; may be empty
};
/// The connection of somebody is lost, and may come back.
struct Away {
  SessionNumber session = 0;
};
/// It is.
struct Back {
  SessionNumber session = 0;
};
struct MuteChanged {
  SessionNumber session = 0;
  bool muted = false;
  bool muted_by_host = false;
};
struct DeafenChanged {
  SessionNumber session = 0;
  bool deafened = false;
};
struct RecordingChanged {
  SessionNumber session = 0;
  bool recording = false;
};
/// What somebody told this listener alone; it is kept nowhere.
struct Told {
  SessionNumber session = 0;
  std::string name;
  std::string text;
};
/// What a host tells everyone on the server.
struct Announced {
  std::string text;
};
struct Draining {
  std::uint32_t grace_ms = 0;
  bool elsewhere = false;  // one is to go on at another server
};
/// In place of those that the welcome, or an earlier one, named.
struct OtherServers {
  std::vector<OtherServer> servers;
};
/// An event of a later version; to be ignored.
struct UnknownEvent {};

/// A Roster tells a slow reader who is there now, in place of the events that it missed.
using Event =
    std::variant<UnknownEvent, Joined, Left, MuteChanged, DeafenChanged, TextSaid, Draining, Roster,
                 Announced, Told, RecordingChanged, Away, Back, MemberChanged, OtherServers>;

/// A response of a later version; to be ignored.
struct UnknownResponse {};

using Events = std::vector<Event>;
using Response =
    std::variant<UnknownResponse, VoicePackets, Welcome, Outcome, Events, DatagramReport>;

/// A response as it came.
struct Numbered {
  Response response;
  std::uint64_t number = 0;  // to be acknowledged, with all before it; 0: not
};

}  // namespace comcat::wire
