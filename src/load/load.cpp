#include "comcat/load/load.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <utility>

#include "comcat/base/clock.h"
#include "comcat/load/window.h"

#include "crowd.h"
#include "speakers.h"

namespace comcat::load {
namespace {

using base::Duration;
using base::Time;
using Nanoseconds = std::chrono::nanoseconds;

constexpr Duration kLead = std::chrono::milliseconds(20);     // from the decision to begin
constexpr Duration kDrain = std::chrono::milliseconds(2000);  // for what is on its way at the end
constexpr Duration kStep = std::chrono::milliseconds(10);
constexpr Duration kProgressInterval = std::chrono::seconds(1);

Time now() {
  return base::steady_now();
}

void wait_until(Time when) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable never;
  never.wait_until(lock, when, [] { return false; });
}

std::int64_t to_ns(Time time) {
  return Nanoseconds(time.time_since_epoch()).count();
}

Nanoseconds own_cpu() {
  timespec cpu{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return std::chrono::seconds(cpu.tv_sec) + Nanoseconds(cpu.tv_nsec);
}

/// One measurement, from the first connection to the report.
class Measurement {
 public:
  Measurement(const Options& options, const Progress& progress)
      : options_(options),
        progress_(progress),
        window_(std::random_device{}(), options.rooms),
        crowd_(options, window_),
        speakers_(options, window_, [this](std::size_t speaker, const wire::VoiceUp& frame) {
          crowd_.client(speaker).say(frame);
        }) {}

  absl::StatusOr<Report> run() {
    report_.options = options_;
    if (options_.server_pid != 0) report_.server.emplace();
    absl::Status status = sample(&ServerReport::before);
    if (status.ok()) status = crowd_.join(progress_);
    if (!status.ok()) return status;
    crowd_.settle();
    report_.max_speakers = crowd_.max_speakers();
    if (report_.max_speakers > 0) window_.set_max_speakers(report_.max_speakers);
    status = sample(&ServerReport::connected);
    if (status.ok()) status = speak();
    if (!status.ok()) return status;
    crowd_.leave();
    crowd_.add_to(report_);
    return std::move(report_);
  }

 private:
  absl::Status sample(ProcessUsage ServerReport::*when) {
    if (!report_.server) return absl::OkStatus();
    const absl::StatusOr<ProcessUsage> usage = ProcessUsage::of(options_.server_pid);
    if (!usage.ok()) return usage.status();
    (*report_.server).*when = *usage;
    return absl::OkStatus();
  }

  absl::Status speak() {
    const Time start = now() + kLead;
    const Time from = start + options_.warm_up;
    const Time to = from + options_.duration;
    window_.begin(to_ns(from));
    window_.end(to_ns(to));
    speakers_.start(start);
    wait(from, "warming up");
    const Nanoseconds own_before = own_cpu();
    const std::vector<Nanoseconds> threads_before = crowd_.thread_cpu();
    absl::Status status = sample(&ServerReport::began);
    listen(to);
    const Speakers::Sent sent = speakers_.stop();
    report_.sent = sent.frames;
    report_.expected = sent.deliveries;
    report_.lateness = sent.lateness;
    drain(to + kDrain);
    status.Update(sample(&ServerReport::ended));
    report_.measured = now() - from;
    report_.own_cpu = own_cpu() - own_before;
    note_busiest(threads_before, sent.cpu);
    return status;
  }

  /// The measured time, with the stall in it.
  void listen(Time to) {
    crowd_.flood();
    if (options_.stalled > 0) {
      crowd_.stall();
      if (options_.stall.count() > 0 && now() + options_.stall < to) {
        wait(now() + options_.stall, "some have stalled");
        crowd_.resume();
      }
    }
    wait(to, "measuring");
  }

  void wait(Time when, const char* what) {
    for (Time t = now(); t < when; t = now()) {
      const auto left = std::chrono::ceil<std::chrono::seconds>(when - t).count();
      std::string sentence = std::string(what) + ", " + std::to_string(left) + " s left";
      if (window_.holds(to_ns(t))) {
        sentence += ", " + std::to_string(crowd_.delivered()) + " frames delivered";
      }
      progress_(sentence);
      wait_until(std::min(when, t + kProgressInterval));
    }
  }

  void drain(Time deadline) {
    while (crowd_.delivered() < report_.expected && now() < deadline) wait_until(now() + kStep);
  }

  void note_busiest(const std::vector<Nanoseconds>& before, Nanoseconds speakers) {
    const std::vector<Nanoseconds> after = crowd_.thread_cpu();
    const std::chrono::duration<double> spoken = options_.warm_up + options_.duration;
    report_.busiest_thread = std::chrono::duration<double>(speakers) / spoken;
    for (std::size_t i = 0; i < after.size(); ++i) {
      const std::chrono::duration<double> used = after[i] - before[i];
      report_.busiest_thread = std::max(report_.busiest_thread, used / report_.measured);
    }
  }

  const Options options_;
  const Progress& progress_;
  Window window_;
  Crowd crowd_;
  Speakers speakers_;
  Report report_;
};

}  // namespace

absl::StatusOr<Report> run(const Options& options, const Progress& progress) {
  if (absl::Status status = check(options); !status.ok()) return status;
  return Measurement(options, progress).run();
}

}  // namespace comcat::load
