#pragma once

#include <atomic>
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

/// When what the microphone hears is sent: when it is speech; always; while the user says so.
enum class Activation { kVoice, kAlways, kPush };

/// The stages of a call, and what they need to know: what the user wants of them, what is played,
/// how late the devices are.
///
/// Blocks     of 10 ms, for which the stages are made; with shorter ones nothing is ever done, and
///            what is speech is left to the encoder to judge.
/// Threads    process() from the encode thread, far_end()'s play() and took() from the sink's, all
///            else from any. A lock is held for a few copies only.
/// Muted      the stages go on while somebody is heard, so that the echo is known when they are
///            wanted again; else they rest.
class VoiceStages {
 public:
  /// What is different from now on; the rest stays.
  struct Change {
    std::optional<bool> echo;
    std::optional<voice::Noise> noise;
    std::optional<voice::Gain> gain;
    std::optional<Activation> activation;
  };
  struct State {
    voice::Settings settings;
    Activation activation = Activation::kAlways;
    friend bool operator==(const State&, const State&) = default;
  };
  /// With Activation::kVoice speech ends so long after it was heard last: no pause between two
  /// words.
  static constexpr int kHoldBlocks = 30;

  /// `possible`: the blocks will have 10 ms.
  explicit VoiceStages(bool possible = true) : possible_(possible) {}

  /// kFailedPrecondition, with a sentence for the user and nothing changed, where something is
  /// wanted that is not possible.
  [[nodiscard]] absl::Status change(const Change& wanted);
  [[nodiscard]] State state() const;
  [[nodiscard]] voice::Chain::Figures figures() const;

  /// From the loudspeaker's device to the loudspeaker, and from the microphone to the framer.
  void set_device_delays(std::chrono::microseconds delays);

  /// With Activation::kPush: whether the user talks. A change of the activation ends it.
  void set_talking(bool talking) { talking_.store(talking, std::memory_order_relaxed); }
  [[nodiscard]] bool talking() const { return talking_.load(std::memory_order_relaxed); }
  /// With Activation::kPush, and the user does not talk.
  [[nodiscard]] bool hushes() const {
    return state().activation == Activation::kPush && !talking();
  }

  /// What the sink plays.
  [[nodiscard]] voice::FarEndLine& far_end() { return far_end_; }

  /// Does to a block what is wanted; false where nobody need hear it.
  [[nodiscard]] bool process(CapturedBlock& block, bool muted);
  /// Whether pauses are sent, too, from the last block on. From the encode thread.
  [[nodiscard]] bool continuous() const { return state_.activation == Activation::kAlways; }

 private:
  /// What is to be done; what has changed takes its place in the chain.
  [[nodiscard]] std::chrono::microseconds take_wishes();

  /// Whether the chain had its turn.
  [[nodiscard]] bool clean(CapturedBlock& block, std::chrono::microseconds delays, bool muted);
  [[nodiscard]] bool is_wanted(bool judged);

  const bool possible_;
  std::atomic<bool> talking_{false};
  voice::FarEndLine far_end_;

  mutable absl::Mutex mutex_;
  State wanted_ ABSL_GUARDED_BY(mutex_);
  voice::Chain::Figures figures_ ABSL_GUARDED_BY(mutex_);
  std::chrono::microseconds device_delays_ ABSL_GUARDED_BY(mutex_){};

  // The encode thread.
  State state_;
  int hold_blocks_ = 0;
  voice::Chain chain_;
  voice::Moment moment_;
};

}  // namespace comcat::client
