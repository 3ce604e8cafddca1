#include "sound_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

#include "comcat/base/clock.h"
#include "comcat/codec/encoder.h"

#include "sound_devices.h"

namespace comcat::client {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostSamples = std::size_t{20} * audio::kSampleRate;
constexpr std::size_t kMurmurSamples = std::size_t{4} * audio::kSampleRate;
constexpr std::array<milliseconds, 5> kDurations{milliseconds(500), milliseconds(1000),
                                                 milliseconds(3300), milliseconds(4000),
                                                 milliseconds(4000)};
constexpr milliseconds kNap{100};
constexpr float kFullScale = 0.999F;

/// The mean power of each whole block, in ascending order.
std::vector<double> block_powers(std::span<const float> samples) {
  std::vector<double> out;
  for (; samples.size() >= audio::kBlockSamples; samples = samples.subspan(audio::kBlockSamples)) {
    double sum = 0;
    for (const float sample : samples.first(audio::kBlockSamples)) sum += double{sample} * sample;
    out.push_back(sum / audio::kBlockSamples);
  }
  std::ranges::sort(out);
  return out;
}

double dbov(double power) {
  constexpr double kSilence = -127;
  return power > 0 ? std::max(kSilence, 10 * std::log10(power)) : kSilence;
}

}  // namespace

SoundProbe::SoundProbe(std::string input, std::string output)
    : input_(std::move(input)),
      output_(std::move(output)),
      chirps_(chirps()),
      murmur_(murmur(kMurmurSamples)),
      heard_(kMostSamples) {}

SoundProbe::~SoundProbe() = default;

void SoundProbe::on_captured(std::span<const float> samples) COMCAT_REALTIME {
  const std::uint64_t at = heard_samples_.load(std::memory_order_relaxed);
  const std::size_t count = std::min<std::size_t>(samples.size(), kMostSamples - at);
  std::copy_n(samples.begin(), count, heard_.begin() + static_cast<std::ptrdiff_t>(at));
  heard_clock_.note(at + count, base::steady_now());
  heard_samples_.store(at + count, std::memory_order_release);
  capture_->on_captured(samples);
}

void SoundProbe::on_render(std::span<float> samples) noexcept {
  const base::Time now = base::steady_now();
  const Part part = part_.load(std::memory_order_relaxed);
  if (std::exchange(playing_, part) != part) played_ = 0;
  if (part == kChirping && !std::exchange(chirped_, true)) chirps_at_ = rendered_samples_;
  const std::span<const float> sound = part == kChirping    ? std::span(chirps_)
                                       : part == kMurmuring ? std::span(murmur_)
                                                            : std::span<const float>();
  for (float& sample : samples) sample = played_ < sound.size() ? sound[played_++] : 0.0F;
  rendered_clock_.note(rendered_samples_, now);
  rendered_samples_ += samples.size();
  capture_->stages().far_end().play(samples);
}

void SoundProbe::on_turn(const audio::RenderTurn& turn) noexcept {
  capture_->stages().far_end().took(turn);
}

SoundMeasures SoundProbe::measure(const OnMoment& on_moment) {
  SoundMeasures out;
  out.input = input_;
  out.output = output_;
  out.microphone = audio::is_device(input_);
  out.loudspeaker = audio::is_device(output_);
  auto capture = Capture::create({}, [](const wire::VoicePacket&) {});
  if (!capture.ok()) return out.failure = capture.status(), out;
  capture_ = *std::move(capture);
  VoiceStages::Change stages;
  stages.echo = out.microphone && out.loudspeaker;
  out.failure = capture_->stages().change(stages);
  Sound::Options options;
  options.input = input_;
  options.output = output_;
  options.on_failure = [this](Sound::Sides, absl::Status why) {
    const absl::MutexLock lock(&mutex_);
    failure_ = std::move(why);
    over_.set();
  };
  SoundDevices devices(std::move(options), *this, *this);
  out.failure.Update(devices.find());
  if (!out.microphone && !out.loudspeaker) return out;  // there is nothing to measure
  if (out.failure.ok()) out.failure = devices.start();
  if (!out.failure.ok()) return out;
  {
    std::jthread encode([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        capture_->stages().set_device_delays(devices.device_delays());
        capture_->step(kNap);
      }
    });
    run(on_moment);
    out.told_delay = devices.delays();
    out.gaps = milliseconds(devices.output().missed_samples * 1000 / audio::kSampleRate);
    out.removed_db = capture_->stages().figures().echo_removed_db;
    devices.stop();
  }
  {
    const absl::MutexLock lock(&mutex_);
    out.failure = failure_;
  }
  if (out.failure.ok()) judge(out);
  return out;
}

void SoundProbe::run(const OnMoment& on_moment) {
  on_moment(Moment::kBegins);
  for (int i = 0; i < kParts; ++i) {
    const auto part = static_cast<Part>(i);
    spans_[part].begin = heard_samples_.load(std::memory_order_acquire);
    part_.store(part, std::memory_order_relaxed);
    if (part == kTurn) on_moment(Moment::kTurn);
    const bool over = over_.wait_for(kDurations[part]);
    spans_[part].end = heard_samples_.load(std::memory_order_acquire);
    if (over) return;
  }
}

std::span<const float> SoundProbe::heard_in(Part part) const {
  const Span& span = spans_[part];
  return std::span(heard_).subspan(span.begin, span.end - span.begin);
}

void SoundProbe::judge(SoundMeasures& out) {
  judge_levels(out);
  if (out.microphone && out.loudspeaker && chirped_) judge_echo(out);
}

/// Of speech the louder third of the blocks, of what is around the usual one.
void SoundProbe::judge_levels(SoundMeasures& out) const {
  const auto all = std::span(heard_).first(heard_samples_.load(std::memory_order_acquire));
  out.only_zeros = std::ranges::all_of(all, [](float sample) { return sample == 0; });
  out.clipped_samples = static_cast<std::size_t>(
      std::ranges::count_if(all, [](float sample) { return std::abs(sample) >= kFullScale; }));
  const std::vector<double> quiet = block_powers(heard_in(kBackground));
  if (!quiet.empty()) out.background_dbov = dbov(quiet[quiet.size() / 2]);
  const std::vector<double> spoken = block_powers(heard_in(kTurn));
  const auto louder = std::span(spoken).last(spoken.size() / 3);
  double sum = 0;
  for (const double power : louder) sum += power;
  if (!louder.empty()) out.voice_dbov = dbov(sum / static_cast<double>(louder.size()));
}

/// What was captured from the moment on at which the first chirp was handed to the loudspeaker.
void SoundProbe::judge_echo(SoundMeasures& out) {
  const auto all = std::span(heard_).first(heard_samples_.load(std::memory_order_acquire));
  const double from = heard_clock_.position_at(rendered_clock_.time_of(chirps_at_));
  const auto begin = static_cast<std::size_t>(std::max(0.0, from));
  if (begin >= all.size()) return;
  const auto rest = all.subspan(begin);
  out.echo = find_chirps(rest.first(std::min(rest.size(), chirps_.size())));
  if (out.echo) {
    out.echo_delay = std::chrono::microseconds(static_cast<std::int64_t>(out.echo->lag_samples) *
                                               1'000'000 / audio::kSampleRate);
  }
}

}  // namespace comcat::client
