#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/base/event.h"
#include "comcat/client/capture.h"
#include "comcat/client/findings.h"
#include "comcat/voice/far_end_line.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::client {

/// Plays sounds that are known and records what the microphone makes of them, then records the user
/// as he speaks; what is played is taken out as in a call, to see how much of it goes.
///
/// Threads    one calls measure(), once, and waits for it for some 13 s. The devices' own play
///            and record; one encodes, and nothing of it goes anywhere.
/// Queue      the recording: all of it, 20 s; what is beyond is lost.
class SoundProbe final : private audio::CaptureHandler, private audio::RenderHandler {
 public:
  /// `input` and `output` as audio::make_source() and make_sink() have them.
  SoundProbe(std::string input, std::string output);
  ~SoundProbe() override;

  /// What the user is told of: the devices are open; he is to speak.
  enum class Moment { kBegins, kTurn };
  using OnMoment = std::function<void(Moment)>;

  [[nodiscard]] SoundMeasures measure(const OnMoment& on_moment);

 private:
  enum Part { kSettle, kBackground, kChirping, kMurmuring, kTurn, kParts };
  struct Span {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  void on_captured(std::span<const float> samples) COMCAT_REALTIME override;
  void on_render(std::span<float> samples) noexcept override;
  void on_turn(const audio::RenderTurn& turn) noexcept override;

  void run(const OnMoment& on_moment);
  void judge(SoundMeasures& out);
  void judge_levels(SoundMeasures& out) const;
  void judge_echo(SoundMeasures& out);
  [[nodiscard]] std::span<const float> heard_in(Part part) const;

  const std::string input_;
  const std::string output_;
  const std::vector<float> chirps_;
  const std::vector<float> murmur_;
  base::Event over_;

  // The source's thread, and measure() once that has ended.
  std::vector<float> heard_;
  std::atomic<std::uint64_t> heard_samples_{0};
  voice::StreamClock heard_clock_;

  // The sink's thread, and measure() once that has ended.
  Part playing_ = kSettle;
  std::size_t played_ = 0;              // of the sound of that part
  std::uint64_t rendered_samples_ = 0;  // in all
  std::uint64_t chirps_at_ = 0;         // of those, the first
  bool chirped_ = false;
  voice::StreamClock rendered_clock_;

  std::atomic<Part> part_{kSettle};
  std::array<Span, kParts> spans_{};  // of heard_

  absl::Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Capture> capture_;
};

}  // namespace comcat::client
