#pragma once

#include <chrono>
#include <optional>

#include "comcat/client/capture_framer.h"
#include "comcat/voice/chain.h"
#include "comcat/voice/far_end_line.h"
#include "comcat/voice/settings.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// The stages of a call, and what they need to know: what the user wants of them, what is played,
/// how late the devices are.
///
/// Blocks     of 10 ms, for which the stages are made; with shorter ones nothing is ever done.
/// Threads    process() from the encode thread, far_end().play() from the sink's, all else from
///            any. A lock is held for a few copies only.
/// Muted      the stages go on while somebody is heard, so that the echo is known when they are
///            wanted again; else they rest.
class VoiceStages {
 public:
  /// What is different from now on; the rest stays.
  struct Change {
    std::optional<bool> echo;
    std::optional<voice::Noise> noise;
    std::optional<voice::Gain> gain;
  };

  /// `possible`: the blocks will have 10 ms.
  explicit VoiceStages(bool possible = true) : possible_(possible) {}

  /// kFailedPrecondition, with a sentence for the user and nothing changed, where something is
  /// wanted that is not possible.
  [[nodiscard]] absl::Status change(const Change& wanted);
  [[nodiscard]] voice::Settings settings() const;
  [[nodiscard]] voice::Chain::Figures figures() const;

  /// From what is mixed to the loudspeaker, and from the microphone to the framer.
  void set_device_delays(std::chrono::microseconds delays);

  /// What the sink plays.
  [[nodiscard]] voice::FarEndLine& far_end() { return far_end_; }

  /// Does to a block what is wanted.
  void process(CapturedBlock& block, bool muted);

 private:
  /// What is to be done; what has changed takes its place in the chain.
  [[nodiscard]] std::chrono::microseconds take_wishes();

  const bool possible_;
  voice::FarEndLine far_end_;

  mutable absl::Mutex mutex_;
  voice::Settings wanted_ ABSL_GUARDED_BY(mutex_);
  voice::Chain::Figures figures_ ABSL_GUARDED_BY(mutex_);
  std::chrono::microseconds device_delays_ ABSL_GUARDED_BY(mutex_){};

  // The encode thread.
  voice::Settings settings_;
  voice::Chain chain_;
  voice::Moment moment_;
};

}  // namespace comcat::client
