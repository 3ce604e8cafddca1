#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What all nodes of a cluster keep alike, bans, claims of names and mutes, as they tell each other
/// of it; a part of cluster_messages.h. Times are since 1970 in UTC. Threads: plain values.
namespace comcat::wire {

inline constexpr std::size_t kRecordBuckets = 64;
inline constexpr std::size_t kMaxPageRecords = 200;

/// Who is not let in, or is again. Of two of one address the later holds.
struct BanRecord {
  std::string address;
  std::string name;
  std::string because;
  std::string by;
  std::uint64_t until_ms = 0;  // 0: until it is lifted
  std::uint64_t changed_ms = 0;
  bool lifted = false;
  std::uint64_t kept_ms = 0;  // until when this is remembered; 0: for ever

  friend bool operator==(const BanRecord&, const BanRecord&) = default;
};

/// Whose a name is: of two that know of the same release the older; one that knows of an earlier
/// release is void.
struct ClaimRecord {
  std::string name;
  std::vector<std::string> keys;  // of devices; none: released
  std::uint64_t claimed_ms = 0;
  std::uint64_t used_ms = 0;
  std::uint64_t released_ms = 0;  // the last time before that; 0: never

  friend bool operator==(const ClaimRecord&, const ClaimRecord&) = default;
};

/// Whether a host has muted a device. Of two of one device the later holds.
struct MuteRecord {
  std::string device;  // base::key_fingerprint()
  std::uint64_t changed_ms = 0;
  bool muted = false;

  friend bool operator==(const MuteRecord&, const MuteRecord&) = default;
};

/// What has changed, or what was asked for.
struct RecordsTold {
  std::vector<BanRecord> bans{};
  std::vector<ClaimRecord> claims{};
  std::vector<MuteRecord> mutes{};
};

/// Whoever has other records in one of these buckets, as digests tell, is to send it.
struct RecordsAsked {
  std::vector<std::uint64_t> bans;  // kRecordBuckets each
  std::vector<std::uint64_t> claims;
  std::vector<std::uint64_t> mutes{};  // none: asked by an earlier version, which knows of none
};

/// Somebody claims a name: whose is it?
struct ClaimAsked {
  std::uint64_t id = 0;
  ClaimRecord claim;
};

/// Somebody's device brings a code of whoever has claimed the name.
struct PairAsked {
  std::uint64_t id = 0;
  std::string code;
  std::string name;
  std::string key;
};

/// The answer to both.
struct ClaimAnswered {
  std::uint64_t id = 0;
  int status = 0;  // a gRPC status code
  std::string text{};
  ClaimRecord claim{};  // as it is now; without a name: there is none
};

}  // namespace comcat::wire
