#pragma once

#include <string>

#include "comcat/server/share.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

/// Somebody who is in a room, as everyone in it may know them. Nothing here says where they are
/// connected.
/// Threads: one, the room's shard.
struct Participant {
  wire::SessionNumber number = 0;
  std::string id;  // UUID
  std::string name;
  std::string name_key;  // base::comparison_key() of the name
  bool muted = false;
  bool deafened = false;
  bool host = false;           // gave the host passcode
  bool muted_by_host = false;  // only hosts lift it
  bool recording = false;
  bool away = false;      // has lost its connection, and others have been told
  bool original = false;  // speaks com_municat's own protocol, which has no events and no answers
  std::uint32_t entries = 0;  // into rooms, so far
  std::uint32_t twin = 0;     // from 2: which of one person's devices in the room this is
  wire::About about;
  std::string key_hash;  // as wire::Resident has it
  Share share{};         // of places among the loudest; nobody is told

  void set_name(std::string its_name);

  /// Whether `other` is the same person, on another device: a claim holds the name of both.
  [[nodiscard]] bool is_twin_of(const Participant& other) const {
    return about.claimed && other.about.claimed && name_key == other.name_key;
  }

  /// With the number beside it: "an (2)".
  [[nodiscard]] std::string full_name() const {
    return twin > 1 ? name + " (" + std::to_string(twin) + ")" : name;
  }

  /// Nobody hears them.
  [[nodiscard]] bool is_muted() const { return muted || muted_by_host; }

  /// As others are told of them.
  [[nodiscard]] wire::Member member() const {
    return {number,        id,        name, is_muted(), deafened, original, host,
            muted_by_host, recording, away, twin,       about};
  }
};

/// `member` of another node, as somebody in a room. Whoever is at one node shares places among the
/// loudest with nobody: their own node has looked at that.
[[nodiscard]] Participant participant_of(const wire::Member& member);

}  // namespace comcat::server
