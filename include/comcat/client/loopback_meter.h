#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"
#include "comcat/wire/messages.h"
#include "comcat/wire/voice_packet.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// How long one's own packets take to the server and back, while one hears oneself.
///
/// Threads    any: the encode thread sends, the stream's or the datagrams' hears. None waits for
///            more than a few steps of another.
class LoopbackMeter {
 public:
  /// What has not come back for so long is no longer known.
  static constexpr std::chrono::seconds kFresh{2};

  void set_self(wire::SessionNumber self);
  void sent(const wire::VoicePacket& packet, base::Time now);
  void heard(const wire::VoicePackets& packets, base::Time now);

  /// Of the last packets, on average; nothing where none has come lately.
  [[nodiscard]] std::optional<std::chrono::microseconds> way(base::Time now) const;

 private:
  struct Sent {
    std::uint32_t sequence = 0;
    base::Time at{};
    bool awaited = false;  // has not come back; where it goes both ways, the first counts
  };
  static constexpr std::size_t kMost = 512;  // 1.28 s of the shortest packets
  static constexpr int kAveraged = 16;

  mutable absl::Mutex mutex_;
  wire::SessionNumber self_ ABSL_GUARDED_BY(mutex_) = 0;
  std::array<Sent, kMost> sent_ ABSL_GUARDED_BY(mutex_);  // by sequence
  std::optional<base::Duration> way_ ABSL_GUARDED_BY(mutex_);
  base::Time heard_at_ ABSL_GUARDED_BY(mutex_){};
};

}  // namespace comcat::client
