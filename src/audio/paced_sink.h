#pragma once

#include <memory>
#include <string>
#include <thread>

#include "comcat/audio/frame.h"
#include "comcat/audio/sink.h"

#include "absl/status/status.h"

namespace comcat::audio {

/// Where a paced sink's sound goes, 10 ms at a time. begin(), then consume() for each block, then
/// finish(); never from two threads at once.
class BlockConsumer {
 public:
  virtual ~BlockConsumer() = default;
  [[nodiscard]] virtual absl::Status begin() = 0;
  [[nodiscard]] virtual absl::Status consume(const Block& block) = 0;
  [[nodiscard]] virtual absl::Status finish() = 0;
  /// The file that is written, once it has begun.
  [[nodiscard]] virtual std::string path() const { return {}; }
  /// Why it is not the file that was asked for; safe to print.
  [[nodiscard]] virtual std::string instead_of() const { return {}; }
};

[[nodiscard]] std::unique_ptr<BlockConsumer> make_nowhere();

/// Writes a WAV file, created by begin(), once: a second begin() is refused.
[[nodiscard]] std::unique_ptr<BlockConsumer> make_recording(std::string path);

/// A sink without a sound card: a Pacer on a thread of its own pulls a block each 10 ms, or a few
/// at once. The
/// consumer's first failure goes to on_end and nothing is rendered after it.
/// Threads    as Sink says; the consumer is called from the thread of its own.
class PacedSink final : public Sink {
 public:
  /// `blocks`: how many are pulled at a time.
  PacedSink(std::string description, std::unique_ptr<BlockConsumer> consumer, int blocks = 1);
  ~PacedSink() override { stop(); }

  [[nodiscard]] absl::Status start(RenderHandler& handler, EndHandler on_end) override;
  void stop() override;
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] std::string recording() const override { return consumer_->path(); }

 private:
  /// False when no further block is wanted.
  bool pull(RenderHandler& handler, const EndHandler& on_end);

  const std::string description_;
  const int blocks_;
  std::unique_ptr<BlockConsumer> consumer_;  // the thread's while it runs
  std::jthread thread_;
};

}  // namespace comcat::audio
