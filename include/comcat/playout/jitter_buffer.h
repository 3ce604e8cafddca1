#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "comcat/wire/voice_packet.h"

namespace comcat::playout {

/// One speaker's packets in the order of their sequence numbers, until they are played.
///
/// Sequence numbers and timestamps are unwrapped to 64 bits, so that nothing behind this class
/// knows of wrapping. A sender that starts again (a jump that no network makes, RFC 3550 appendix
/// A.1) is noticed here.
///
/// Threads    one at a time.
/// Capacity   kSlots packets, kMaxPacketBytes each: 1.28 s of frames of 5 ms, 5.1 s of 20 ms.
/// Overflow   the oldest go.
class JitterBuffer {
 public:
  static constexpr std::int64_t kSlots = 256;
  static constexpr std::size_t kMaxPacketBytes = 4096;

  /// What a packet says of itself, unwrapped.
  struct Arrived {
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;  // samples
    std::size_t samples = 0;     // as codec reads the payload
  };
  struct Frame : Arrived {
    std::string payload;
  };

  enum class Insert {
    kStored,
    kReordered,  // stored, and a later one had come before
    kRestarted,  // stored, and all before is forgotten: the sender started again
    kDuplicate,
    kLate,  // its turn has passed
    kMalformed,
  };

  JitterBuffer();

  [[nodiscard]] Insert insert(const wire::VoicePacket& packet);

  /// The packet of the last insert(), whatever became of it unless it was malformed.
  [[nodiscard]] const Arrived& arrived() const { return arrived_; }

  /// The first waiting packet; null where none waits. Valid until the next call that is not const.
  [[nodiscard]] const Frame* front() const;

  /// How many packets are missing before front().
  [[nodiscard]] std::int64_t missing() const;

  /// front() has been played or given up, and whatever is missing before it too.
  void pop_front();

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  struct Slot {
    bool used = false;
    Frame frame;
  };

  [[nodiscard]] bool jumped() const;
  [[nodiscard]] bool went_back();
  [[nodiscard]] bool is_past(std::int64_t sequence) const;
  [[nodiscard]] bool seen(std::int64_t sequence) const;
  void mark_seen(std::int64_t sequence);
  void restart();
  void store(const std::string& payload);
  [[nodiscard]] Slot& slot(std::int64_t sequence) { return slots_[sequence & (kSlots - 1)]; }
  [[nodiscard]] const Slot& slot(std::int64_t sequence) const {
    return slots_[sequence & (kSlots - 1)];
  }

  std::vector<Slot> slots_;
  std::bitset<kSlots> seen_;  // which of the kSlots up to newest_ have come
  std::size_t count_ = 0;
  std::int64_t front_ = 0;            // sequence, where count_ > 0
  std::optional<std::int64_t> next_;  // whose turn it is; nothing until the first was played
  std::optional<Arrived> newest_;     // by sequence
  Arrived arrived_;
  std::int64_t last_refused_ = 0;
  int refusals_ = 0;  // in a row and in order
};

}  // namespace comcat::playout
