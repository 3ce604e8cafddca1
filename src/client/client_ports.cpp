// What the session does to the world.

#include <algorithm>
#include <utility>

#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/thread_priority.h"
#include "comcat/client/control.h"

#include "absl/time/clock.h"
#include "client_loop.h"
#include "line_text.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

constexpr std::chrono::milliseconds kLeaveWithin{800};  // a little more than the stream's own

}  // namespace

absl::Status ClientLoop::send(const wire::Command& command) {
  return stream_->send(command);
}

void ClientLoop::set_place(const std::string& room, std::uint64_t last_text,
                           const std::string& passcode) {
  stream_->set_place(room, last_text, passcode);
}

void ClientLoop::leave() {
  tasks_.hurry();
  leave_by_ = base::steady_now() + kLeaveWithin;
  if (!input_over_) printer_.hurry();
  stream_->leave();
}

absl::Status ClientLoop::set_muted(bool muted) {
  if (!muted) {
    if (absl::Status status = sound_->reopen(Sound::Side::kInput); !status.ok()) return status;
  }
  sound_->capture().set_muted(muted);
  return absl::OkStatus();
}

absl::Status ClientLoop::set_deafened(bool deafened) {
  if (!deafened) {
    const std::string before = sound_->recording();
    if (absl::Status status = sound_->reopen(Sound::Side::kOutput); !status.ok()) return status;
    if (sound_->recording() != before) show(sound());
  }
  sound_->playback().set_deafened(deafened);
  return absl::OkStatus();
}

void ClientLoop::set_short_frames(bool short_frames) {
  sound_->capture().set_short_frames(short_frames);
}

void ClientLoop::set_gain(wire::SessionNumber speaker, float gain) {
  sound_->playback().set_gain(speaker, gain);
}

void ClientLoop::remember(const ServerMemory& memory) {
  if (std::exchange(remembered_, memory) == memory) return;
  const absl::Status status =
      MemoryFile(options_.state_directory).write(base::to_string(options_.address), memory);
  if (status.ok() || std::exchange(told_forgetful_, true)) return;
  show(Report("notice",
              "what you set in this call is not remembered: " + std::string(status.message())));
}

bool ClientLoop::is_talking(wire::SessionNumber session) const {
  const std::vector<Talkers::Talker> now = talking(base::steady_now());
  return std::ranges::any_of(now, [&](const auto& talker) { return talker.session == session; });
}

void ClientLoop::remove_speaker(wire::SessionNumber speaker) {
  talkers_.remove(speaker);
  speaking_events_.remove(speaker);
  sound_->playback().remove(speaker);
}

absl::Status ClientLoop::start_recording(const std::string& directory) {
  return recording_.start(directory, [this](std::string why) {
    tasks_.post(
        [this, why = std::move(why)] { session_.on_recording_failure(why, base::steady_now()); });
  });
}

void ClientLoop::name_track(wire::SessionNumber speaker, const std::string& name, bool self) {
  recording_.name_track(speaker, name);
  if (self) recording_.set_self(speaker);
}

void ClientLoop::show(Report report) {
  if (options_.json) {
    printer_.print(to_json(report));
  } else if (!gather(report)) {
    print(report);
  }
}

bool ClientLoop::gather(const Report& report) {
  if (!can_edit_lines() || takes_stdout_) return false;
  if (report.event == "joined") {
    return !joins_.offer(shown_person(report.subject, report.twin), base::steady_now());
  }
  show_gathered();  // what comes after it may be about one of them
  return false;
}

void ClientLoop::show_gathered() {
  if (const std::optional<std::string> line = joins_.take()) print(Report("joined", *line));
}

void ClientLoop::print(const Report& report) {
  const std::string text = styled(report, isolates_ ? report.text : without_isolates(report.text),
                                  takes_stdout_ ? Style{.clock = style_.clock} : style_,
                                  absl::Now(), absl::LocalTimeZone());
  printer_.print(broken_for(takes_stdout_ ? STDERR_FILENO : STDOUT_FILENO, text));
}

bool ClientLoop::ask_passcode(const std::string& prompt) {
  return console_ && console_->ask_secret(prompt);
}

/// Whoever presses a key waits for nobody who reads the terminal, where the status line says
/// whether one is heard.
void ClientLoop::answer(const Asker& asker, Report report) {
  if (concerns_user(report) && !is_below(report) && !printer_.is_full()) show(report);
  if (asker.id) report.details.with("id", *asker.id);
  control_->answer(asker.ticket, to_json(report));
}

void ClientLoop::offer_rooms(std::vector<std::string> names) {
  if (console_) console_->offer(std::move(names));
}

Statistics ClientLoop::statistics() const {
  Statistics out;
  out.stream = stream_->stats();
  out.capture = sound_->capture().stats();
  out.playback = sound_->playback().stats(base::steady_now());
  out.voice = sound_->capture().stages().figures();
  out.output = sound_->output();
  out.input_xruns = sound_->input_xruns();
  out.input_delay = sound_->input_delay();
  out.encoder = codec::eased(options_.encoder, out.stream.easing);
  out.realtime = base::realtime_threads();
  out.loopback = loopback_.way(base::steady_now());
  return out;
}

}  // namespace comcat::client
