#include "sound_devices.h"

#include <algorithm>
#include <utility>

#include <pthread.h>

#include "comcat/audio/device_process.h"

namespace comcat::client {
namespace {

/// Both sides of one sound system are seen to fail within this time.
constexpr std::chrono::milliseconds kTogether{250};
constexpr std::chrono::milliseconds kLook{100};  // while one that is open has yet to begin

constexpr std::chrono::milliseconds kLongestTurn{20};  // of a source that is no device

}  // namespace

SoundDevices::SoundDevices(Sound::Options options, audio::CaptureHandler& capture,
                           audio::RenderHandler& playback)
    : options_(std::move(options)),
      capture_(capture),
      playback_(playback),
      input_(options_.input),
      output_(options_.output) {}

/// As much at a time as a frame has, and no more than leaves the encode thread time.
absl::StatusOr<SoundDevices::Source> SoundDevices::make_source(const std::string& spec) const {
  return audio::make_source(
      spec, std::min<std::chrono::microseconds>(options_.encoder.frame, kLongestTurn));
}

absl::Status SoundDevices::find() {
  absl::StatusOr<Source> source = make_source(wanted(Side::kInput));
  if (!source.ok()) return source.status();
  absl::StatusOr<Sink> sink = audio::make_sink(wanted(Side::kOutput), options_.on_notice);
  if (!sink.ok()) return sink.status();
  const absl::MutexLock lock(&mutex_);
  source_ = *std::move(source);
  sink_ = *std::move(sink);
  return absl::OkStatus();
}

absl::Status SoundDevices::start() {
  Source source;
  Sink sink;
  {
    const absl::MutexLock lock(&mutex_);
    source = std::move(source_);
    sink = std::move(sink_);
  }
  if (absl::Status status = launch(std::move(sink)); !status.ok()) return status;
  if (absl::Status status = launch(std::move(source)); !status.ok()) {
    stop();
    return status;
  }
  thread_ = std::jthread([this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "comcat-repair");
    while (!stop.stop_requested()) bell_.wait_until(stop, step(base::steady_now()));
  });
  return absl::OkStatus();
}

/// An attempt to open a device may take seconds where a sound system hangs: it is cut short.
void SoundDevices::stop() {
  thread_.request_stop();
  if (trying_) audio::give_up_devices();
  if (thread_.joinable()) thread_.join();
  Source source;
  Sink sink;
  const absl::MutexLock lock(&mutex_);
  source = std::move(source_);
  sink = std::move(sink_);
}

absl::Status SoundDevices::launch(Source source) {
  if (absl::Status status = source->start(capture_, on_end(Side::kInput)); !status.ok()) {
    return status;
  }
  const absl::MutexLock lock(&mutex_);
  source_ = std::move(source);
  away_.input = stands_in_.input = false;
  return absl::OkStatus();
}

absl::Status SoundDevices::launch(Sink sink) {
  if (absl::Status status = sink->start(playback_, on_end(Side::kOutput)); !status.ok()) {
    return status;
  }
  const absl::MutexLock lock(&mutex_);
  std::swap(sink_, sink);
  away_.output = stands_in_.output = false;
  if (sink) note_figures(*sink);
  return absl::OkStatus();
}

void SoundDevices::note_figures(const audio::Sink& sink) {
  const audio::SinkFigures figures = sink.figures();
  output_before_.missed_samples += figures.missed_samples;
  output_before_.xruns += figures.xruns;
}

audio::EndHandler SoundDevices::on_end(Side side) {
  return [this, side](absl::Status status) { note_failure(side, std::move(status)); };
}

void SoundDevices::note_failure(Side side, absl::Status status) {
  if (status.ok()) {
    if (side == Side::kInput && options_.on_input_end) options_.on_input_end();
    return;
  }
  {
    const absl::MutexLock lock(&mutex_);
    if (!failed_.any()) failed_at_ = base::steady_now();
    (side == Side::kInput ? failed_.input : failed_.output) = true;
    why_ = std::move(status);
  }
  bell_.ring();
}

base::Time SoundDevices::step(base::Time now) {
  do_asked();
  part_with_failed(now);
  tell_return(now);
  retry(now);
  const absl::MutexLock lock(&mutex_);
  if (!asked_.empty()) return now;
  if (opened_.any() && !failed_.any()) return base::steady_now() + kLook;
  return failed_.any() ? std::min(failed_at_ + kTogether, times_.next()) : times_.next();
}

bool SoundDevices::waits_for_the_other(base::Time now) const {
  if (failed_.input == failed_.output || now >= failed_at_ + kTogether) return false;
  return failed_.input ? sink_ && !away_.output && sink_->may_return()
                       : source_ && source_->may_return();
}

void SoundDevices::part_with_failed(base::Time now) {
  Sides sides;
  absl::Status why;
  Source source;
  bool known = false;  // that it is away: nobody was told that it is back
  {
    const absl::MutexLock lock(&mutex_);
    if (!failed_.any() || waits_for_the_other(now)) return;
    sides = std::exchange(failed_, {});
    why = std::exchange(why_, absl::OkStatus());
    if (sides.input) {
      awaited_.input = source_->may_return();
      source = std::move(source_);
      input_xruns_before_ += source->xruns();
    }
    if (sides.output) awaited_.output = sink_->may_return();
    known = (!sides.input || opened_.input) && (!sides.output || opened_.output);
    opened_ = {opened_.input && !sides.input, opened_.output && !sides.output};
    const bool awaited = (sides.input && awaited_.input) || (sides.output && awaited_.output);
    if (awaited) known ? times_.tried(now) : times_.failed(now);
  }
  source.reset();
  if (sides.output) play_nowhere();
  {
    const absl::MutexLock lock(&mutex_);
    away_ = {away_.input || sides.input, away_.output || sides.output};
  }
  if (options_.on_failure && !known) options_.on_failure(sides, std::move(why));
  stand_in(sides, !known);
}

/// Not for who failed as one: he is tried again anyway.
void SoundDevices::stand_in(Sides sides, bool tell) {
  const auto needs_one = [this](Side side) {
    const std::string spec = wanted(side);
    return audio::is_device(spec) && !audio::is_default_device(spec);
  };
  absl::StatusOr<Sink> sink = Sink();
  absl::StatusOr<Source> source = Source();
  {
    const absl::MutexLock lock(&mutex_);
    sides.input = sides.input && !std::exchange(stands_in_.input, false);
    sides.output = sides.output && !std::exchange(stands_in_.output, false);
  }
  trying_ = true;
  if (sides.output && needs_one(Side::kOutput)) sink = audio::make_sink("device");
  if (sides.input && needs_one(Side::kInput)) source = make_source("device");
  Sides in_place;
  if (sink.ok() && *sink) in_place.output = launch(*std::move(sink)).ok();
  if (source.ok() && *source) in_place.input = launch(*std::move(source)).ok();
  trying_ = false;
  if (!in_place.any()) return;
  {
    const absl::MutexLock lock(&mutex_);
    away_ = {away_.input || in_place.input, away_.output || in_place.output};
    stands_in_ = {stands_in_.input || in_place.input, stands_in_.output || in_place.output};
  }
  if (options_.on_notice && tell) {
    options_.on_notice("until it is back the default sound device takes its place; " +
                       description());
  }
}

void SoundDevices::play_nowhere() {
  absl::StatusOr<Sink> nowhere = audio::make_sink("null");
  if (nowhere.ok()) std::ignore = launch(*std::move(nowhere));
}

void SoundDevices::retry(base::Time now) {
  Sides sides;
  {
    const absl::MutexLock lock(&mutex_);
    if (!times_.due(now) || opened_.any()) return;
    sides = {away_.input && awaited_.input, away_.output && awaited_.output};
    if (!sides.any()) return times_.returned(now);
  }
  trying_ = true;
  const Sides back = try_again(sides);
  trying_ = false;
  const absl::MutexLock lock(&mutex_);
  times_.tried(base::steady_now());
  opened_ = back;
}

void SoundDevices::tell_return(base::Time now) {
  Sides back;
  {
    const absl::MutexLock lock(&mutex_);
    const bool begun = (!opened_.input || (source_ && source_->has_begun())) &&
                       (!opened_.output || (sink_ && sink_->has_begun()));
    if (!opened_.any() || failed_.any() || !begun) return;
    back = std::exchange(opened_, {});
    const bool all = !(away_.input && awaited_.input) && !(away_.output && awaited_.output);
    if (all) times_.returned(now);
  }
  if (options_.on_return) options_.on_return(back);
}

SoundDevices::Sides SoundDevices::try_again(Sides sides) {
  bool plays = false;
  {
    const absl::MutexLock lock(&mutex_);
    plays = stands_in_.any();
  }
  const std::shared_ptr<void> apart = plays ? audio::open_devices_apart() : nullptr;
  // Both are found before either starts, so that one process, and one JACK client, has them.
  absl::StatusOr<Sink> sink =
      sides.output ? audio::make_sink(wanted(Side::kOutput), options_.on_notice) : Sink();
  absl::StatusOr<Source> source = sides.input ? make_source(wanted(Side::kInput)) : Source();
  Sides back;
  if (sink.ok() && *sink) back.output = launch(*std::move(sink)).ok();
  if (source.ok() && *source) back.input = replace_stand_in(*std::move(source));
  return back;
}

/// One ends before the other begins: the handler takes sound from one thread.
bool SoundDevices::replace_stand_in(Source source) {
  Source before;
  {
    const absl::MutexLock lock(&mutex_);
    if (stands_in_.input) before = std::move(source_);
    if (before) input_xruns_before_ += before->xruns();
  }
  if (before) before->stop();
  if (launch(std::move(source)).ok()) return true;
  restore(std::move(before));
  return false;
}

absl::Status SoundDevices::reopen(Side side) {
  const bool input = side == Side::kInput;
  {
    const absl::MutexLock lock(&mutex_);
    if (!(input ? away_.input : away_.output)) return absl::OkStatus();
    if (input ? stands_in_.input : stands_in_.output) return absl::OkStatus();
    if (input ? awaited_.input : awaited_.output) {
      times_.hasten(base::steady_now());
      bell_.ring();
      return absl::UnavailableError(std::string(input ? "the microphone" : "the loudspeaker") +
                                    " is not back; it is opened as soon as it is");
    }
  }
  if (input) {
    absl::StatusOr<Source> source = make_source(wanted(side));
    return source.ok() ? launch(*std::move(source)) : source.status();
  }
  absl::StatusOr<Sink> sink = audio::make_sink(wanted(side), options_.on_notice);
  return sink.ok() ? launch(*std::move(sink)) : sink.status();
}

std::string SoundDevices::wanted(Side side) const {
  const absl::MutexLock lock(&mutex_);
  return side == Side::kInput ? input_ : output_;
}

std::string SoundDevices::description() const {
  const absl::MutexLock lock(&mutex_);
  return "microphone: " + (source_ ? source_->description() : std::string("none")) +
         "; loudspeaker: " +
         (sink_ && (!away_.output || stands_in_.output) ? sink_->description()
                                                        : std::string("none"));
}

bool SoundDevices::input_may_resume() const {
  const absl::MutexLock lock(&mutex_);
  return source_ && source_->may_resume();
}

std::string SoundDevices::recording() const {
  const absl::MutexLock lock(&mutex_);
  return sink_ ? sink_->recording() : std::string();
}

audio::SinkFigures SoundDevices::output() const {
  const absl::MutexLock lock(&mutex_);
  audio::SinkFigures out = sink_ ? sink_->figures() : audio::SinkFigures{};
  out.missed_samples += output_before_.missed_samples;
  out.xruns += output_before_.xruns;
  return out;
}

std::uint64_t SoundDevices::input_xruns() const {
  const absl::MutexLock lock(&mutex_);
  return input_xruns_before_ + (source_ ? source_->xruns() : 0);
}

std::chrono::microseconds SoundDevices::input_delay() const {
  const absl::MutexLock lock(&mutex_);
  return source_ ? source_->counted_delay() : std::chrono::microseconds(0);
}

std::chrono::microseconds SoundDevices::device_delays() const {
  const absl::MutexLock lock(&mutex_);
  std::chrono::microseconds sum{};
  if (source_) sum += source_->device_delay();
  if (sink_) sum += sink_->figures().device_delay;
  return sum;
}

std::chrono::microseconds SoundDevices::delays() const {
  return device_delays() + output().delay;
}

}  // namespace comcat::client
