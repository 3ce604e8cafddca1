#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "comcat/base/address.h"
#include "comcat/transport/easing.h"
#include "comcat/transport/voice_stream.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "datagram_path.h"
#include "stream_inbox.h"
#include "voice_merge.h"

namespace comcat::transport {

/// Takes voice its way between a VoiceStream's owner and the server: by the stream alone, or, from
/// a welcome that offers them, by datagrams beside it. While the stream is away the datagrams of
/// the last welcome go on.
///
/// Threads    as marked below. The handler's on_voice() is called under a lock.
/// Ownership  inbox and handler outlive it.
class VoiceWays {
 public:
  VoiceWays(StreamInbox& inbox, StreamHandler& handler, bool datagrams);

  // ---- from any thread
  void send_voice(const wire::VoicePacket& packet);
  /// As VoiceStream::easing().
  [[nodiscard]] unsigned easing() const { return step_.load(std::memory_order_relaxed); }
  /// Fills in what was sent and received.
  void add_to(VoiceStream::Stats& stats) const;

  // ---- from the stream's
  /// The server at `peer` has welcomed us. Takes the offer of datagrams out of the welcome.
  void begin(wire::Welcome& welcome, const std::optional<base::Address>& peer);
  /// Voice has come by the stream.
  void on_voice(wire::VoicePackets packets);
  /// A report of the server's has come by the stream.
  void told(const datagram::Report& report);
  /// There are no datagrams any more; nothing is called after it but by on_voice().
  void end();

 private:
  using Path = std::shared_ptr<DatagramPath>;

  void deliver(wire::VoicePackets packets, wire::Via via) ABSL_LOCKS_EXCLUDED(merge_mutex_);
  void replace(Path next) ABSL_LOCKS_EXCLUDED(path_mutex_);
  void ease(base::Duration queue);
  [[nodiscard]] Path path() const ABSL_LOCKS_EXCLUDED(path_mutex_);
  [[nodiscard]] DatagramPath::Hooks hooks();

  StreamInbox& inbox_;
  StreamHandler& handler_;
  const bool datagrams_;
  std::atomic<std::uint64_t> sent_frames_{0};  // by datagram alone
  std::atomic<std::uint64_t> received_frames_{0};
  std::atomic<unsigned> step_{0};  // of easing_

  absl::Mutex easing_mutex_;
  Easing easing_ ABSL_GUARDED_BY(easing_mutex_);

  mutable absl::Mutex merge_mutex_;
  VoiceMerge merge_ ABSL_GUARDED_BY(merge_mutex_);
  bool merges_ ABSL_GUARDED_BY(merge_mutex_) = false;  // there have been datagrams
  mutable absl::Mutex path_mutex_;
  Path path_ ABSL_GUARDED_BY(path_mutex_);  // null: there is none
  Path retired_;                            // of the welcome before; the stream's thread's
};

}  // namespace comcat::transport
