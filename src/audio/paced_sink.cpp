#include "audio/paced_sink.h"

#include <optional>
#include <utility>

#include "comcat/audio/sound_writer.h"
#include "comcat/base/log.h"
#include "comcat/base/text.h"

#include "audio/pacer.h"
#include "audio/step_thread.h"

namespace comcat::audio {
namespace {

class Nowhere final : public BlockConsumer {
 public:
  absl::Status begin() override { return absl::OkStatus(); }
  absl::Status consume(const Block&) override { return absl::OkStatus(); }
  absl::Status finish() override { return absl::OkStatus(); }
};

class Recording final : public BlockConsumer {
 public:
  explicit Recording(std::string path) : path_(std::move(path)) {}

  absl::Status begin() override {
    if (writer_) {
      return absl::FailedPreconditionError(
          "the recording is complete already; name another file for a new one");
    }
    absl::StatusOr<SoundWriter> writer = SoundWriter::create(path_);
    if (!writer.ok()) return writer.status();
    writer_ = *std::move(writer);
    return absl::OkStatus();
  }
  absl::Status consume(const Block& block) override { return writer_->write(block); }
  absl::Status finish() override { return writer_->finish(); }
  std::string path() const override { return writer_ ? writer_->path() : std::string(); }
  std::string instead_of() const override {
    return writer_ ? writer_->instead_of() : std::string();
  }

 private:
  const std::string path_;
  std::optional<SoundWriter> writer_;
};

}  // namespace

std::unique_ptr<BlockConsumer> make_nowhere() {
  return std::make_unique<Nowhere>();
}

std::unique_ptr<BlockConsumer> make_recording(std::string path) {
  return std::make_unique<Recording>(std::move(path));
}

PacedSink::PacedSink(std::string description, std::unique_ptr<BlockConsumer> consumer, int blocks)
    : description_(std::move(description)), blocks_(blocks), consumer_(std::move(consumer)) {}

absl::Status PacedSink::start(RenderHandler& handler, EndHandler on_end) {
  if (thread_.joinable()) {
    return absl::FailedPreconditionError(description_ + " has been started already");
  }
  if (absl::Status status = consumer_->begin(); !status.ok()) return status;
  Pacer pacer([this, &handler, on_end = std::move(on_end)] { return pull(handler, on_end); },
              blocks_ * kBlockDuration);
  thread_ = run_steps("comcat-sink", [pacer = std::move(pacer)](base::Time now) mutable {
    return pacer.step(now);
  });
  return absl::OkStatus();
}

bool PacedSink::pull(RenderHandler& handler, const EndHandler& on_end) {
  for (int i = 0; i < blocks_; ++i) {
    Block block;
    handler.on_render(block);
    if (const absl::Status status = consumer_->consume(block); !status.ok()) {
      if (on_end) on_end(status);
      return false;
    }
  }
  handler.on_turn({base::steady_now()});
  return true;
}

std::string PacedSink::description() const {
  const std::string why = consumer_->instead_of();
  if (why.empty()) return description_;
  return "file:" + base::safe_text(consumer_->path()) + " (" + why + ")";
}

void PacedSink::stop() {
  if (!thread_.joinable()) return;
  thread_ = std::jthread();
  if (const absl::Status status = consumer_->finish(); !status.ok()) {
    base::log(base::LogLevel::kError, "sink_not_finished",
              {{"sink", description_}, {"reason", std::string(status.message())}});
  }
}

}  // namespace comcat::audio
