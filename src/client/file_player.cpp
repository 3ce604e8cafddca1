#include "comcat/client/file_player.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include <pthread.h>

#include "comcat/audio/frame.h"
#include "comcat/audio/sound_reader.h"
#include "comcat/base/clock.h"
#include "comcat/base/spsc_ring.h"
#include "comcat/playout/limiter.h"

#include "doorbell.h"

namespace comcat::client {

/// One file, and the thread that reads it.
class FilePlayer::Reading {
 public:
  Reading(audio::SoundReader reader, bool over, OnEnd on_end)
      : over_(over),
        reader_(std::move(reader)),
        on_end_(std::move(on_end)),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  [[nodiscard]] bool over() const { return over_; }

  // ---- whoever speaks

  [[nodiscard]] bool is_spoken() const { return spoken_.load(std::memory_order_relaxed); }

  /// Fills `out`, with silence where nothing is there.
  void take(std::span<float> out) {
    while (!out.empty()) {
      if (rest_.empty() && !next_piece()) break;
      const std::size_t count = std::min(out.size(), rest_.size());
      std::copy_n(rest_.begin(), count, out.begin());
      rest_ = rest_.subspan(count);
      out = out.subspan(count);
    }
    std::ranges::fill(out, 0.0F);
    if (!rest_.empty() || !piece_.last) return;
    spoken_.store(true, std::memory_order_relaxed);
    bell_.ring();
  }

 private:
  struct Piece {
    audio::Block samples{};
    std::size_t size = 0;
    bool last = false;
  };
  static constexpr std::size_t kPieces = 20;

  bool next_piece() {
    if (piece_.last || !pieces_.pop(piece_)) return false;
    rest_ = std::span(piece_.samples).first(piece_.size);
    bell_.ring();
    return true;
  }

  // ---- the thread

  void run(const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "comcat-play");
    bool last = false;
    while (!last && !stop.stop_requested()) {
      Piece piece;
      piece.size = reader_.read(piece.samples);
      last = piece.last = piece.size < piece.samples.size();
      while (!pieces_.push(piece) && !stop.stop_requested()) wait(stop);
    }
    while (!is_spoken() && !stop.stop_requested()) wait(stop);
    if (!stop.stop_requested()) on_end_(reader_.status());
  }
  void wait(const std::stop_token& stop) { bell_.wait_until(stop, base::Time::max()); }

  const bool over_;
  audio::SoundReader reader_;  // the thread's
  const OnEnd on_end_;
  Doorbell bell_;
  base::SpscRing<Piece> pieces_{kPieces};
  std::atomic<bool> spoken_{false};
  Piece piece_;  // of whoever speaks
  std::span<const float> rest_;
  std::jthread thread_;
};

FilePlayer::FilePlayer() = default;

FilePlayer::~FilePlayer() {
  stop();
}

absl::Status FilePlayer::start(const std::string& path, bool over, OnEnd on_end) {
  absl::StatusOr<audio::SoundReader> reader = audio::SoundReader::open(path);
  if (!reader.ok()) return reader.status();
  take(std::make_unique<Reading>(*std::move(reader), over, std::move(on_end))).reset();
  return absl::OkStatus();
}

bool FilePlayer::stop() {
  const std::unique_ptr<Reading> before = take(nullptr);
  return before && !before->is_spoken();
}

std::unique_ptr<FilePlayer::Reading> FilePlayer::take(std::unique_ptr<Reading> next) {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(reading_, std::move(next));
}

bool FilePlayer::play_into(std::span<float> voice, bool heard) {
  const absl::MutexLock lock(&mutex_);
  if (!reading_ || reading_->is_spoken()) return false;
  if (!heard || !reading_->over()) {
    reading_->take(voice);
    return true;
  }
  audio::Block played;
  const std::span<float> beside = std::span(played).first(std::min(voice.size(), played.size()));
  reading_->take(beside);
  for (std::size_t i = 0; i < beside.size(); ++i) voice[i] += beside[i];
  playout::limit(voice);
  return true;
}

}  // namespace comcat::client
