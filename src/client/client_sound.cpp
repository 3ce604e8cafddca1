// One's own sound: what the session does to it, and what is told of it.

#include <algorithm>
#include <utility>

#include "comcat/audio/device_info.h"
#include "comcat/base/clock.h"

#include "client_loop.h"

namespace comcat::client {
namespace {

std::string the(Sound::Sides sides) {
  if (!sides.output) return "the microphone";
  return sides.input ? "the microphone and the loudspeaker" : "the loudspeaker";
}

/// What the user wants is wanted of the next device, too.
void note(const VoiceStages::Change& change, VoiceStages::Change& wanted) {
  if (change.echo) wanted.echo = change.echo;
  if (change.noise) wanted.noise = change.noise;
  if (change.gain) wanted.gain = change.gain;
  if (change.activation) wanted.activation = change.activation;
}

/// For people and programs.
Report report_of(const std::vector<audio::DeviceInfo>& devices) {
  std::string text;
  std::vector<Object> objects;
  for (const audio::DeviceInfo& device : devices) {
    std::string uses;
    if (device.input_channels > 0) uses += device.default_input ? "input (default)" : "input";
    if (device.output_channels > 0) {
      uses += std::string(uses.empty() ? "" : ", ") +
              (device.default_output ? "output (default)" : "output");
    }
    text += (text.empty() ? "" : "\n") + std::to_string(device.number) + "  " + device.name + " [" +
            device.system + "]: " + uses;
    Object object;
    object.with("number", std::int64_t{device.number})
        .with("name", device.name)
        .with("system", device.system)
        .with("input_channels", std::int64_t{device.input_channels})
        .with("output_channels", std::int64_t{device.output_channels})
        .with("default_input", device.default_input)
        .with("default_output", device.default_output);
    objects.push_back(std::move(object));
  }
  if (text.empty()) {
    text =
        "this machine has no sound device; --input also takes file:PATH, tone:HZ and null, "
        "--output file:PATH.wav and null";
  }
  return Report("devices", text).with("devices", std::move(objects));
}

/// Those that capture, or play; each once, though several sound systems may have it.
std::vector<std::string> names_of(const std::vector<audio::DeviceInfo>& devices, bool microphones) {
  std::vector<std::string> out;
  for (const audio::DeviceInfo& device : devices) {
    const int channels = microphones ? device.input_channels : device.output_channels;
    const bool is_known = std::ranges::find(out, device.name) != out.end();
    if (channels > 0 && !is_known) out.push_back(device.name);
  }
  return out;
}

}  // namespace

absl::StatusOr<VoiceStages::State> ClientLoop::set_stages(const VoiceStages::Change& change) {
  VoiceStages& stages = sound_->capture().stages();
  if (absl::Status status = stages.change(change); !status.ok()) return status;
  note(change, sound_options_.stages);
  return stages.state();
}

bool ClientLoop::set_talking(bool talks) {
  VoiceStages& stages = sound_->capture().stages();
  if (stages.state().activation != Activation::kPush) return false;
  stages.set_talking(talks);
  return true;
}

bool ClientLoop::is_below(const Report& report) const {
  return shows_status_ && (report.event == "you_talk" || report.event == "you_hush");
}

void ClientLoop::press_talk_key(Console::TalkPress press) {
  const bool talks = press == Console::TalkPress::kToggle ? !sound_->capture().stages().talking()
                                                          : press == Console::TalkPress::kDown;
  const Report report = session_.talk(talks);
  if (is_below(report) || printer_.is_full()) return;
  if (report.event != "error" || talks) show(report);
}

SoundLevels ClientLoop::levels() const {
  const base::Time now = base::steady_now();
  return {sound_->capture().levels(now), sound_->playback().levels(now)};
}

absl::Status ClientLoop::start_playing(const std::string& path, std::uint64_t number) {
  return sound_->capture().player().start(path, options_.over, [this, number](absl::Status how) {
    tasks_.post_urgent([this, number, how = std::move(how)] { session_.on_played(number, how); });
  });
}

void ClientLoop::stop_playing() {
  sound_->capture().player().stop();
}

Report ClientLoop::sound() const {
  return Report("sound", sound_->description()).with("recording", sound_->recording());
}

absl::Status ClientLoop::choose_sound(const ChooseSound& wanted) {
  if (wanted.spec.empty()) {
    sound_->then(
        [this] { tasks_.post_urgent([this, told = sound()] { session_.on_sound(told); }); });
    return absl::OkStatus();
  }
  const std::string word = wanted.input ? "input" : "output";
  const bool taken = wanted.input ? takes_stdin_ : takes_stdout_;
  const bool takes = wanted.input ? audio::reads_standard_input(wanted.spec)
                                  : audio::writes_standard_output(wanted.spec);
  if (taken || takes) {
    return absl::InvalidArgumentError(
        "--" + word + " - is for a whole call; it can neither begin nor end in one");
  }
  const auto side = wanted.input ? Sound::Side::kInput : Sound::Side::kOutput;
  sound_->choose(side, wanted.spec, [this, wanted](const absl::Status& why) {
    // As it is before the next one is chosen.
    Report told = why.ok() ? sound() : Report("error", std::string(why.message()));
    tasks_.post_urgent([this, wanted, chosen = why.ok(), told = std::move(told)] {
      if (chosen) note_chosen(wanted);
      session_.on_sound(told);
    });
  });
  return absl::OkStatus();
}

/// What the user has not asked for is as it is with such a device.
void ClientLoop::note_chosen(const ChooseSound& chosen) {
  (chosen.input ? sound_options_.input : sound_options_.output) = chosen.spec;
  std::ignore = sound_->capture().stages().change(stages_of(sound_options_));
}

/// Whoever pipes sound into the client has said all of it, which is as if he had typed `stop`.
void ClientLoop::input_ended() {
  std::string text = "the input file is at its end; from here on you are silent";
  if (sound_->input_may_resume()) {
    text =
        "what the input pipe brought has been spoken; you are silent until somebody writes again";
  } else if (takes_stdin_) {
    text = "standard input is at its end, and has been spoken";
  }
  show(Report("input_ended", text));
  input_over_ = takes_stdin_;
  if (takes_stdin_ && !options_.background) session_.stop();
}

void ClientLoop::sound_failed(Sound::Sides sides, const absl::Status& why) {
  if (((sides.input && takes_stdin_) || (sides.output && takes_stdout_)) && !options_.background) {
    sound_failure_ = Ending{Ending::Kind::kSoundDevice, std::string(why.message())};
    session_.stop();
    return;
  }
  const std::string what(why.message());
  show(Report("sound_error", the(sides) + " failed: " + what + "; you stay in the call" +
                                 (sides.output ? "" : " and hear the others"))
           .with("input", sides.input)
           .with("output", sides.output));
}

void ClientLoop::sound_returned(Sound::Sides sides) {
  show(Report("sound_back", the(sides) + (sides.input && sides.output ? " are" : " is") +
                                " back; " + sound_->description())
           .with("input", sides.input)
           .with("output", sides.output));
}

void ClientLoop::list_devices() {
  sound_->list([this](const absl::StatusOr<std::vector<audio::DeviceInfo>>& devices) {
    Report report = devices.ok() ? report_of(*devices)
                                 : Report("error", std::string(devices.status().message()));
    tasks_.post_urgent([this, report = std::move(report)] { session_.on_sound(report); });
  });
}

void ClientLoop::offer_devices(bool microphones) {
  sound_->list([this, microphones](const absl::StatusOr<std::vector<audio::DeviceInfo>>& devices) {
    std::vector<std::string> names;
    if (devices.ok()) names = names_of(*devices, microphones);
    tasks_.post_urgent([this, names = std::move(names)] { console_->offer(names); });
  });
}

absl::StatusOr<Report> devices_report() {
  const absl::StatusOr<std::vector<audio::DeviceInfo>> devices = audio::list_devices();
  if (!devices.ok()) return devices.status();
  return report_of(*devices);
}

}  // namespace comcat::client
