#include "comcat/client/sound.h"

#include <chrono>
#include <utility>

#include "comcat/base/clock.h"

namespace comcat::client {
namespace {

/// How long the threads sleep when no device wakes them, and so how long stop() may take.
constexpr std::chrono::milliseconds kNap{100};
/// Without a sink, what comes in is still consumed.
constexpr std::chrono::milliseconds kPlayoutNap{20};

}  // namespace

absl::StatusOr<std::unique_ptr<Sound>> Sound::create(Options options) {
  auto source = audio::make_source(options.input);
  if (!source.ok()) return source.status();
  auto sink = audio::make_sink(options.output, options.on_notice);
  if (!sink.ok()) return sink.status();
  auto capture = Capture::create(options.encoder, options.send);
  if (!capture.ok()) return capture.status();
  std::unique_ptr<Sound> sound(new Sound(std::move(options), *std::move(capture)));
  sound->source_ = *std::move(source);
  sound->sink_ = *std::move(sink);
  return sound;
}

Sound::Sound(Options options, std::unique_ptr<Capture> capture)
    : options_(std::move(options)), capture_(std::move(capture)) {}

absl::Status Sound::start_source() {
  return source_->start(*capture_, [end = options_.on_end](absl::Status status) {
    end(Side::kInput, std::move(status));
  });
}

absl::Status Sound::start_sink() {
  return sink_->start(playback_, [end = options_.on_end](absl::Status status) {
    end(Side::kOutput, std::move(status));
  });
}

absl::Status Sound::start() {
  if (absl::Status status = start_sink(); !status.ok()) return status;
  if (absl::Status status = start_source(); !status.ok()) {
    sink_->stop();
    return status;
  }
  encode_thread_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) capture_->step(kNap);
  });
  playout_thread_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      playback_.step(base::steady_now());
      playback_.wait(kPlayoutNap);
    }
  });
  return absl::OkStatus();
}

void Sound::stop() {
  if (source_) source_->stop();
  if (sink_) sink_->stop();
  for (std::jthread* const thread : {&encode_thread_, &playout_thread_}) thread->request_stop();
  for (std::jthread* const thread : {&encode_thread_, &playout_thread_}) {
    if (thread->joinable()) thread->join();
  }
}

void Sound::close_failed(Side side) {
  if (side == Side::kInput) {
    source_.reset();
  } else {
    sink_.reset();
  }
}

absl::Status Sound::reopen(Side side) {
  if (side == Side::kInput && !source_) {
    auto source = audio::make_source(options_.input);
    if (!source.ok()) return source.status();
    source_ = *std::move(source);
    if (absl::Status status = start_source(); !status.ok()) {
      source_.reset();
      return status;
    }
  }
  if (side == Side::kOutput && !sink_) {
    auto sink = audio::make_sink(options_.output, options_.on_notice);
    if (!sink.ok()) return sink.status();
    sink_ = *std::move(sink);
    if (absl::Status status = start_sink(); !status.ok()) {
      sink_.reset();
      return status;
    }
  }
  return absl::OkStatus();
}

std::string Sound::description() const {
  return "microphone: " + (source_ ? source_->description() : std::string("none")) +
         "; loudspeaker: " + (sink_ ? sink_->description() : std::string("none"));
}

}  // namespace comcat::client
