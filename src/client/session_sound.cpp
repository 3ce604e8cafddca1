// What a session does with the words for one's own sound: devices, stages, push to talk, levels.

#include <utility>

#include "comcat/base/text.h"
#include "comcat/client/session.h"
#include "comcat/client/stage_words.h"

namespace comcat::client {
namespace {

Report error(const std::string& sentence) {
  return {"error", sentence};
}

Report loopback_report(bool on) {
  return Report("loopback", on ? "you hear yourself, through the server and back; stats says how "
                                 "late, and loopback off ends it"
                               : "you do not hear yourself")
      .with("on", on);
}

}  // namespace

void Session::execute(const SetStages& wanted, base::Time /*now*/) {
  const absl::StatusOr<VoiceStages::State> state = ports_.set_stages(wanted.change);
  if (!state.ok()) {
    show(error(std::string(state.status().message())));
    return;
  }
  show(Report("voice", "your voice: " + words_of(*state))
           .with("echo", state->settings.echo)
           .with("noise", word_of(state->settings.noise))
           .with("gain", word_of(state->settings.gain))
           .with("activation", word_of(state->activation)));
}

void Session::execute(const PushToTalk& wanted, base::Time /*now*/) {
  show(talk(wanted.talks));
}

Report Session::talk(bool talks) {
  if (!ports_.set_talking(talks)) {
    return error("talk and hush are for activation push; type that first");
  }
  const bool in_vain = talks && (muted_ || muted_by_host());
  const std::string words = in_vain ? "you talk, but you are muted" : "you talk: they hear you";
  return {talks ? "you_talk" : "you_hush", talks ? words : "you hush: nobody hears you"};
}

void Session::execute(const ShowLevels& /*command*/, base::Time /*now*/) {
  show(levels_report(ports_.levels(), muted_ || muted_by_host()));
}

void Session::execute(const HearSelf& wanted, base::Time now) {
  const bool on = wanted.on.value_or(loopback_);
  const bool changed = std::exchange(loopback_, on) != on;
  show(loopback_report(on));
  if (changed) command(Kind::kSetLoopback, wire::SetLoopback{on}, now);
}

void Session::resume_loopback(bool again) {
  owes_loopback_ = loopback_;
  if (loopback_ && !again) ports_.show(loopback_report(true));
}

void Session::on_muted_speech() {
  if (!muted_ || interrupted_) return;
  ports_.show(Report("you_speak_muted", muted_by_host()
                                            ? "you speak, but a host has muted you"
                                            : "you speak, but are muted: unmute to be heard"));
}

void Session::execute(const PlayFile& wanted, base::Time /*now*/) {
  const std::string before = base::safe_text(playing_.path);
  if (wanted.path.empty()) {
    if (before.empty()) return show(error("nothing is being played"));
    ports_.stop_playing();
    playing_.path.clear();
    return show(Report("played", "you play " + before + " no longer").with("whole", false));
  }
  const absl::Status status = ports_.start_playing(wanted.path, playing_.number + 1);
  if (!status.ok()) return show(error(std::string(status.message())));
  playing_ = {wanted.path, playing_.number + 1};
  const bool in_vain = muted_ || muted_by_host();
  show(Report("playing", "you play " + base::safe_text(wanted.path) + " to the room" +
                             (in_vain ? ", but you are muted" : ""))
           .with("path", wanted.path));
}

void Session::on_played(std::uint64_t number, const absl::Status& how) {
  if (playing_.path.empty() || number != playing_.number) return;  // stopped meanwhile
  const std::string shown = base::safe_text(playing_.path);
  playing_.path.clear();
  ports_.show(Report("played", how.ok() ? shown + " has been played"
                                        : "the rest of " + shown +
                                              " cannot be played: " + std::string(how.message()))
                  .with("whole", how.ok()));
}

void Session::execute(const ChooseSound& wanted, base::Time now) {
  // What is used is known once what was chosen before is open.
  if (wanted.spec.empty() && sound_askers_.empty()) return show(ports_.sound());
  if (const absl::Status status = ports_.choose_sound(wanted); !status.ok()) {
    return show(error(std::string(status.message())));
  }
  wait_for_sound(now);
}

void Session::execute(const Devices& /*command*/, base::Time now) {
  ports_.list_devices();
  wait_for_sound(now);
}

void Session::wait_for_sound(base::Time now) {
  sound_askers_.push_back({line_, std::exchange(asker_, std::nullopt), now});
}

void Session::on_sound(Report report) {
  if (sound_askers_.empty()) return;  // given up
  SoundAsker it = std::move(sound_askers_.front());
  sound_askers_.pop_front();
  with_line(it.line, [&] { with_asker(std::move(it.asker), [&] { show(std::move(report)); }); });
  leave_if_done();
}

void Session::give_up_sound(base::Time now) {
  const bool waits = finishing_ && !sound_askers_.empty();
  if (waits && now >= sound_askers_.front().asked_at + CommandOutbox::kPatience) {
    sound_askers_.clear();
  }
}

}  // namespace comcat::client
