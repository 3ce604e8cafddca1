#include "comcat/client/findings.h"

#include <algorithm>
#include <cmath>

#include "comcat/base/text.h"

#include "path_news.h"

namespace comcat::client {
namespace {

using Subject = Finding::Subject;
using Verdict = Finding::Verdict;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr double kQuietVoiceDbov = -42;
constexpr double kNoVoiceDbov = -55;
constexpr double kAboveBackgroundDb = 12;
constexpr std::size_t kClippedSamples = 20;  // fewer are a knock on the table
constexpr double kRemovedDb = 20;
constexpr double kInaudibleDb = -45;  // of what comes back, against what was played
constexpr milliseconds kGaps{40};
constexpr microseconds kDevicesDelay{100'000};
constexpr microseconds kDelay{200'000};
/// What a call adds to devices and network: a frame, the stages, Opus, the jitter buffer.
constexpr microseconds kOwnDelay{20'000 + 15'000 + 6'500 + 20'000};

constexpr const char* kOtherInput =
    "choose another with --input (comcat-client --devices lists them)";
constexpr const char* kOtherOutput =
    "choose another with --output (comcat-client --devices lists them)";

std::string db(double value) {
  return std::to_string(std::lround(value)) + " dB";
}

std::string ms(microseconds value) {
  return std::to_string(std::chrono::round<milliseconds>(value).count()) + " ms";
}

std::string levels(const SoundMeasures& it) {
  return "your voice is at " + db(it.voice_dbov) + "ov, what is around you at " +
         db(it.background_dbov) + "ov";
}

Finding microphone_of(const SoundMeasures& it) {
  Finding out{Subject::kMicrophone, Verdict::kNotFine, ""};
  if (it.microphone) {
    out.figures.with("voice_dbov", it.voice_dbov)
        .with("background_dbov", it.background_dbov)
        .with("clipped_samples", static_cast<std::int64_t>(it.clipped_samples));
  }
  if (!it.microphone) {
    out.verdict = Verdict::kNotJudged;
    out.text = "cannot be judged, as --input " + base::safe_text(it.input) +
               " is no sound device; leave --input out, or name a device";
  } else if (it.only_zeros) {
    out.text = std::string(
                   "it gives nothing at all; plug it in, switch it on, unmute it in the system's "
                   "mixer, or ") +
               kOtherInput;
  } else if (it.clipped_samples >= kClippedSamples) {
    out.text = "it is too loud and distorts; turn it down in the system's mixer, or move away";
  } else if (it.voice_dbov < kNoVoiceDbov ||
             it.voice_dbov < it.background_dbov + kAboveBackgroundDb / 2) {
    out.text = "nobody was heard while you were to speak (" + levels(it) +
               "); speak when you are asked to, turn the microphone up in the system's mixer, or " +
               kOtherInput;
  } else if (it.voice_dbov < kQuietVoiceDbov) {
    out.text = "it is too quiet (" + levels(it) +
               "); turn it up in the system's mixer, or speak nearer to it";
  } else if (it.voice_dbov < it.background_dbov + kAboveBackgroundDb) {
    out.text = "it hears nearly as much of what is around you as of you (" + levels(it) +
               "); speak nearer to it, or try --noise high";
  } else {
    out.verdict = Verdict::kFine;
    out.text = "it hears you well (" + levels(it) + "); leave it as it is";
  }
  return out;
}

Finding loudspeaker_of(const SoundMeasures& it) {
  Finding out{Subject::kLoudspeaker, Verdict::kNotJudged, ""};
  if (it.loudspeaker) out.figures.with("gaps_ms", it.gaps.count());
  if (it.echo) {
    out.figures.with("echo_db", it.echo->gain_db);
    out.figures.with("echo_delay_ms", std::chrono::round<milliseconds>(it.echo_delay).count());
  }
  if (!it.loudspeaker) {
    out.text = "cannot be judged, as --output " + base::safe_text(it.output) +
               " is no sound device; leave --output out, or name a device";
  } else if (it.gaps >= kGaps) {
    out.verdict = Verdict::kNotFine;
    out.text = "what it played had " + std::to_string(it.gaps.count()) +
               " ms of gaps, as this machine was busy; end other programs, and see that ulimit -r "
               "allows real-time priority";
  } else if (it.echo) {
    out.verdict = Verdict::kFine;
    out.text = "what it plays comes into the microphone after " + ms(it.echo_delay) + ", at " +
               db(it.echo->gain_db) + "; leave it as it is, if you heard three chirps well";
  } else {
    out.text = std::string(
                   "the microphone heard nothing of what it played, as is right with "
                   "headphones; if you heard no three chirps, turn it up, or ") +
               kOtherOutput;
  }
  return out;
}

Finding echo_of(const SoundMeasures& it) {
  Finding out{Subject::kEcho, Verdict::kNotJudged, ""};
  if (it.removed_db) out.figures.with("removed_db", *it.removed_db);
  if (!it.microphone || !it.loudspeaker) {
    out.text = "cannot be judged without a microphone and a loudspeaker; give both as devices";
  } else if (!it.echo) {
    out.verdict = Verdict::kFine;
    out.text = "none comes into the microphone; there is nothing to do";
  } else if (!it.removed_db) {
    out.text =
        "there is some, but it was never quiet enough to see how much of it is removed; be "
        "silent until you are asked to speak";
  } else if (*it.removed_db >= kRemovedDb || it.echo->gain_db - *it.removed_db <= kInaudibleDb) {
    out.verdict = Verdict::kFine;
    out.text = db(*it.removed_db) +
               " of it are removed, so the others do not hear themselves; "
               "leave echo on";
  } else {
    out.verdict = Verdict::kNotFine;
    out.text = "only " + db(*it.removed_db) +
               " of it are removed, so the others hear themselves; "
               "turn the loudspeaker down, move the microphone away from it, or wear headphones";
  }
  return out;
}

Finding server_of(const ServerMeasures& it) {
  Finding out{Subject::kServer, Verdict::kNotFine, ""};
  if (it.failure) {
    out.text = to_text(*it.failure);
    return out;
  }
  out.figures.with("round_trip_us", it.round_trip.count());
  if (!it.voice_trip) {
    out.text = it.server +
               " lets you in, but no voice came back from it; where it is older than "
               "this client have it updated, else ask who runs it";
    return out;
  }
  out.verdict = Verdict::kFine;
  out.figures.with("voice_trip_us", it.voice_trip->count())
      .with("sent_frames", static_cast<std::int64_t>(it.sent_frames))
      .with("returned_frames", static_cast<std::int64_t>(it.returned_frames));
  const std::string trust = !it.tls ? " in plaintext, as you asked for;"
                            : it.notice.empty()
                                ? " with the certificate that is known;"
                                : " with the certificate that is remembered from now on;";
  out.text = it.server + " lets you in" + trust + " a question and its answer take " +
             ms(it.round_trip) + ", voice there and back " + ms(*it.voice_trip) + "; call it";
  return out;
}

Finding datagrams_of(const ServerMeasures& it) {
  Finding out{Subject::kDatagrams, Verdict::kFine, ""};
  const bool up = it.path.up != datagram::Way::kStream;
  const bool down = it.path.down != datagram::Way::kStream;
  out.figures.with("up", to_word(it.path.up)).with("down", to_word(it.path.down));
  if (!it.datagrams) {
    out.verdict = Verdict::kNotJudged;
    out.text =
        "were not tried, as you want none; leave out --nodatagrams and --insecure, and a "
        "lost packet delays nobody";
  } else if (!it.path.offered) {
    out.verdict = Verdict::kNotJudged;
    out.text = "the server offers none; whoever runs it may leave out --nodatagrams";
  } else if (up && down) {
    out.text =
        "voice goes by them both ways, where a lost packet delays nobody; there is nothing "
        "to do";
  } else {
    out.verdict = Verdict::kNotFine;
    out.text =
        "UDP does not get through, so voice goes by the stream and waits for each packet "
        "that the network loses; ask who runs your network or the server to let UDP through "
        "to the port of --host";
  }
  return out;
}

std::string word(Subject subject) {
  switch (subject) {
    case Subject::kMicrophone:
      return "microphone";
    case Subject::kLoudspeaker:
      return "loudspeaker";
    case Subject::kEcho:
      return "echo";
    case Subject::kServer:
      return "server";
    case Subject::kDatagrams:
      return "datagrams";
    case Subject::kDelay:
      break;
  }
  return "delay";
}

std::string word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFine:
      return "fine";
    case Verdict::kNotFine:
      return "not_fine";
    case Verdict::kNotJudged:
      break;
  }
  return "not_judged";
}

}  // namespace

std::vector<Finding> findings_of(const SoundMeasures& it) {
  return {microphone_of(it), loudspeaker_of(it), echo_of(it)};
}

std::vector<Finding> findings_of(const ServerMeasures& it) {
  if (it.failure) return {server_of(it)};
  return {server_of(it), datagrams_of(it)};
}

Finding delay_of(const SoundMeasures& sound, const ServerMeasures& server) {
  Finding out{Subject::kDelay, Verdict::kFine, ""};
  const bool has_devices = sound.failure.ok() && sound.microphone && sound.loudspeaker;
  const bool has_server = !server.server.empty() && !server.failure;
  if (!has_devices && !has_server) {
    out.verdict = Verdict::kNotJudged;
    out.text = "cannot be judged without sound devices and without a server; give one of them";
    return out;
  }
  const microseconds devices = !has_devices ? microseconds(0)
                               : sound.echo ? sound.echo_delay
                                            : sound.told_delay;
  const std::string seen = sound.echo ? "" : ", as they tell it";
  if (!has_server) {
    const bool fine = devices <= kDevicesDelay;
    out.verdict = fine ? Verdict::kFine : Verdict::kNotFine;
    out.figures.with("devices_ms", std::chrono::round<milliseconds>(devices).count());
    out.text = "your loudspeaker and microphone take " + ms(devices) + " together" + seen +
               (fine ? "; give --host to know it of a call"
                     : "; take devices with a cable and not Bluetooth, or shorter periods of JACK "
                       "or PipeWire");
    return out;
  }
  const microseconds network = server.voice_trip.value_or(server.round_trip);
  const microseconds total = devices + network + kOwnDelay;
  const bool fine = total <= kDelay;
  out.verdict = fine ? Verdict::kFine : Verdict::kNotFine;
  out.figures.with("mouth_to_ear_ms", std::chrono::round<milliseconds>(total).count());
  out.figures.with("devices_ms", std::chrono::round<milliseconds>(devices).count());
  out.text = "about " + ms(total) +
             " from your mouth to the ear of somebody with devices and a way "
             "like yours" +
             (has_devices ? "" : ", without the devices");
  out.text += fine ? "; there is nothing to do"
              : devices > network
                  ? ", of which your devices take " + ms(devices) +
                        "; take devices with a cable and not Bluetooth, or shorter periods of JACK "
                        "or PipeWire"
                  : ", of which the network takes " + ms(network) +
                        "; take a cable in place of wireless, or a server that is nearer";
  return out;
}

Report report_of(const Finding& finding) {
  Report out("check", word(finding.subject) + ": " + finding.text);
  out.details.with("subject", word(finding.subject)).with("verdict", word(finding.verdict));
  for (const auto& [key, value] : finding.figures.fields) out.details.with(key, value);
  return out;
}

}  // namespace comcat::client
