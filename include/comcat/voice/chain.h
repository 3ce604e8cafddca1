#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "comcat/voice/settings.h"
#include "comcat/voice/stage.h"

namespace comcat::voice {

/// The stages in their order: high-pass, echo, noise; is it speech; gain. Those that nobody has
/// asked for do not exist: with nothing asked for, a moment leaves as it came and at once.
///
/// Threads    one at a time: the encode thread.
class Chain {
 public:
  /// What the stages have reached of late; nothing where there has been nothing to measure it by.
  struct Figures {
    std::optional<double> echo_removed_db;   // while others are heard and nobody speaks here
    std::optional<double> noise_removed_db;  // while nobody speaks at all
    std::chrono::microseconds delay{0};
  };

  Chain();
  ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  /// `judges`: each moment says whether it is speech, whatever else is wanted; else it does so only
  /// where a stage has to know.
  void configure(const Settings& settings, bool judges);
  void process(Moment& moment);

  /// Whether there is any stage.
  [[nodiscard]] bool on() const;
  [[nodiscard]] Figures figures() const;

 private:
  struct Stages;
  std::unique_ptr<Stages> it_;
};

}  // namespace comcat::voice
