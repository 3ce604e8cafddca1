#include "speakers.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include <sys/prctl.h>

#include "comcat/load/stamp.h"

#include "receiver.h"

namespace comcat::load {
namespace {

constexpr std::uint8_t kLoudDbov = 20;
constexpr std::uint8_t kQuietDbov = 80;  // no voice: voices would have to take turns
constexpr std::uint32_t kSamplesPerMs = 48;

}  // namespace

Speakers::Speakers(const Options& options, const Window& window, Say say)
    : options_(options), window_(window), say_(std::move(say)) {}

void Speakers::start(base::Time start) {
  if (options_.speakers == 0) return;
  thread_ = std::jthread([this, start](const std::stop_token& stop) { run(stop, start); });
}

Speakers::Sent Speakers::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  return sent_;
}

void Speakers::run(const std::stop_token& stop, base::Time start) {
  prctl(PR_SET_TIMERSLACK, 1UL);
  std::mutex mutex;
  std::condition_variable_any wait;
  const std::size_t count = options_.speakers;
  for (std::uint64_t k = 0;; ++k) {
    const base::Time due = start + options_.period * k / count;
    {
      std::unique_lock lock(mutex);
      wait.wait_until(lock, stop, due, [] { return false; });
    }
    if (stop.stop_requested()) break;
    speak(k % count, static_cast<std::uint32_t>(k / count), due);
  }
  sent_.cpu = cpu_of(pthread_self());
}

void Speakers::speak(std::size_t speaker, std::uint32_t serial, base::Time due) {
  const base::Time now = base::steady_now();
  const Stamp stamp{std::chrono::nanoseconds(now.time_since_epoch()).count(), serial,
                    static_cast<std::uint32_t>(speaker), window_.run()};
  const auto period_us = static_cast<std::uint32_t>(options_.period.count());
  wire::VoiceUp frame;
  frame.packet.sequence = serial;
  frame.packet.timestamp = serial * (period_us * kSamplesPerMs / 1000);
  frame.packet.duration_samples = period_us * kSamplesPerMs / 1000;
  frame.packet.level_dbov = window_.is_loud(speaker) ? kLoudDbov : kQuietDbov;
  frame.packet.payload = stamp.to_chunk(options_.bytes);
  if (options_.original) frame.original_name = "load-" + std::to_string(speaker);
  say_(speaker, frame);
  if (!window_.holds(stamp.sent_ns)) return;
  ++sent_.frames;
  sent_.lateness.add(now - due);
  if (window_.is_loud(speaker)) sent_.deliveries += audience(speaker);
}

std::uint64_t Speakers::audience(std::size_t speaker) const {
  const std::size_t room = speaker % options_.rooms;
  // Of the clients 0..readers-1, those in `room`, without the speaker.
  const std::size_t readers = options_.clients - options_.flooders - options_.stalled;
  return (readers - room + options_.rooms - 1) / options_.rooms - 1;
}

}  // namespace comcat::load
