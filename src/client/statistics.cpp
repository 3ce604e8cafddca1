#include "comcat/client/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "path_news.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::chrono::microseconds kRoundUp{1};  // half milliseconds

std::string count(std::uint64_t value) {
  return std::to_string(value);
}

std::string ms(std::chrono::microseconds duration) {
  return std::to_string(std::chrono::round<milliseconds>(duration).count()) + " ms";
}

std::int64_t to_ms(std::chrono::microseconds duration) {
  return std::chrono::round<milliseconds>(duration).count();
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return percent(whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole));
}

constexpr const char* kSomeone = "someone who left";

std::string name_of(const Statistics& statistics, wire::SessionNumber session) {
  const auto found = statistics.members.find(session);
  return found == statistics.members.end() ? kSomeone : found->second.name;
}

std::string shown_speaker(const Statistics& statistics, wire::SessionNumber session) {
  const auto found = statistics.members.find(session);
  return found == statistics.members.end() ? kSomeone : shown_person(found->second);
}

std::string speaker_line(const std::string& shown, const playout::PlayoutStats& speaker) {
  char drift[32];
  std::snprintf(drift, sizeof drift, "%+.0f ppm", speaker.drift_ppm);
  return "\n  " + shown + (speaker.talking ? " (talking)" : "") + ": " +
         count(speaker.received_frames) + " frames, lost " + count(speaker.lost_frames) +
         ", late " + count(speaker.late_frames) + ", concealed " +
         percent(speaker.concealed_samples, speaker.speech_samples()) + ", delay " +
         ms(speaker.delay) + " (target " + ms(speaker.target_delay) + "), clock " + drift;
}

std::string priority_line(const base::RealtimeThreads& threads) {
  if (threads.granted == threads.asked) return "\nthreads of the voice: real-time priority";
  return "\nthreads of the voice: " + std::to_string(threads.granted) + " of " +
         std::to_string(threads.asked) + " have real-time priority (see ulimit -r)";
}

Object speaker_object(wire::SessionNumber session, const std::string& name,
                      const playout::PlayoutStats& speaker) {
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  Object out;
  out.with("session", static_cast<std::int64_t>(session))
      .with("name", name)
      .with("talking", speaker.talking)
      .with("received_frames", number(speaker.received_frames))
      .with("lost_frames", number(speaker.lost_frames))
      .with("late_frames", number(speaker.late_frames))
      .with("duplicate_frames", number(speaker.duplicate_frames))
      .with("played_samples", number(speaker.played_samples))
      .with("speech_samples", number(speaker.speech_samples()))
      .with("concealed_samples", number(speaker.concealed_samples))
      .with("expanded_samples", number(speaker.expanded_samples))
      .with("accelerated_samples", number(speaker.accelerated_samples))
      .with("target_delay_ms", to_ms(speaker.target_delay))
      .with("delay_ms", to_ms(speaker.delay))
      .with("drift_ppm", speaker.drift_ppm);
  return out;
}

/// One way of voice; the stream loses nothing.
std::string way_text(datagram::Way way, double loss) {
  std::string out = "by " + to_word(way);
  if (way != datagram::Way::kStream) out += " (lost " + percent(loss) + ")";
  return out;
}

std::string path_text(const transport::PathStatus& path) {
  return "\nvoice up " + way_text(path.up, path.loss_up) + ", down " +
         way_text(path.down, path.loss_down) +
         (path.round_trip ? ", round trip of a datagram " + ms(*path.round_trip) : "");
}

/// What the stages have removed; nothing where nothing could be measured.
std::string voice_line(const voice::Chain::Figures& figures) {
  const auto removed = [](const char* what, double db) {
    return ", " + std::to_string(std::lround(db)) + " dB of " + what;
  };
  std::string out;
  if (figures.echo_removed_db) out += removed("echo", *figures.echo_removed_db);
  if (figures.noise_removed_db) out += removed("noise", *figures.noise_removed_db);
  return out.empty() ? out : "\nremoved from what you send:" + out.substr(1);
}

std::string easing_text(const Statistics& s) {
  if (s.stream.easing == 0) return "";
  return "\nthe way up is narrow: you send " + count(s.encoder.bitrate_bps / 1000) +
         " kbit/s in packets of " + ms(s.encoder.frame) + " for now";
}

std::string loopback_line(const Statistics& s) {
  const std::optional<MouthToEar> parts = loopback_delay(s);
  if (!parts) return "";
  return "\nyou hear yourself after about " + ms(parts->total()) + ": there and back " +
         ms(*s.loopback) + ", playout " + ms(parts->playout);
}

std::string effort_text(const Statistics& s) {
  if (s.capture.reduced_effort == 0) return "";
  return "\nthis machine is slow: your voice is encoded with less effort, by " +
         count(static_cast<std::uint64_t>(s.capture.reduced_effort)) + " of " +
         count(EncoderEffort::kSteps) + " steps, and takes " + percent(s.capture.encoding_share) +
         " of a processor";
}

std::string text_of(const Statistics& s) {
  const MouthToEar parts = estimate(s);
  std::string out = "round trip " + (s.round_trip ? ms(*s.round_trip) : std::string("unknown"));
  if (s.stream.path.offered) out += path_text(s.stream.path);
  out += "\nsent " + count(s.stream.sent_voice_frames) + " frames, dropped " +
         count(s.stream.dropped_voice_frames) + " (network), " +
         count(s.capture.overflowed_blocks) + " blocks (encoder late), " + count(s.input_xruns) +
         " times (sound device); level " +
         (s.capture.level_dbov >= wire::kSilentDbov
              ? std::string("silent")
              : "-" + std::to_string(s.capture.level_dbov) + " dBov");
  out += easing_text(s) + effort_text(s) + voice_line(s.voice) + "\nreceived " +
         count(s.stream.received_voice_frames) + " frames, dropped " +
         count(s.playback.overflowed_packets) + "; " +
         ms(std::chrono::microseconds(s.output.missed_samples * 1000 / 48)) +
         " of gaps at the sound output, " + count(s.output.xruns) + " times in the sound device";
  for (const auto& [session, speaker] : s.playback.speakers) {
    out += speaker_line(shown_speaker(s, session), speaker);
  }
  out += "\nmouth to ear, about " + ms(parts.total()) + ": capture " + ms(parts.capture) +
         (parts.voice.count() == 0 ? "" : ", voice " + ms(parts.voice)) + ", codec " +
         ms(parts.codec) + ", network " + ms(parts.network) + ", playout " + ms(parts.playout) +
         ", output " + ms(parts.output);
  out += loopback_line(s);
  if (s.realtime.asked > 0) out += priority_line(s.realtime);
  return out;
}

/// By the ways that voice takes now.
std::optional<std::chrono::microseconds> voice_round_trip(const Statistics& statistics) {
  const transport::PathStatus& path = statistics.stream.path;
  const bool datagrams = path.up != datagram::Way::kStream && path.down != datagram::Way::kStream;
  return datagrams && path.round_trip ? path.round_trip : statistics.round_trip;
}

void add_path(Object& details, const transport::PathStatus& path) {
  if (!path.offered) return;
  details.with("up", to_word(path.up))
      .with("down", to_word(path.down))
      .with("up_loss", path.loss_up)
      .with("down_loss", path.loss_down)
      .with("duplicate_frames", static_cast<std::int64_t>(path.duplicate_frames));
  if (path.round_trip) details.with("datagram_round_trip_us", path.round_trip->count());
}

}  // namespace

MouthToEar estimate(const Statistics& statistics) {
  MouthToEar out;
  out.capture = std::chrono::round<milliseconds>(statistics.encoder.frame + statistics.input_delay);
  out.voice = std::chrono::round<milliseconds>(statistics.voice.delay);
  out.codec = std::chrono::round<milliseconds>(statistics.capture.lookahead + kRoundUp);
  const std::chrono::microseconds own = voice_round_trip(statistics).value_or(milliseconds(0));
  if (statistics.playback.speakers.empty()) out.network = std::chrono::round<milliseconds>(own);
  for (const auto& [session, speaker] : statistics.playback.speakers) {
    const auto theirs = statistics.round_trips.find(session);
    const std::chrono::microseconds both =
        own + (theirs == statistics.round_trips.end() ? own : theirs->second);
    const auto network = std::chrono::round<milliseconds>(both / 2);
    const auto playout = std::chrono::round<milliseconds>(speaker.delay);
    if (network + playout < out.network + out.playout) continue;
    out.network = network;
    out.playout = playout;
  }
  out.output =
      std::chrono::round<milliseconds>(statistics.output.delay + statistics.output.counted_delay);
  return out;
}

std::optional<MouthToEar> loopback_delay(const Statistics& statistics) {
  const auto own = statistics.playback.speakers.find(statistics.self);
  if (!statistics.loopback || own == statistics.playback.speakers.end()) return std::nullopt;
  MouthToEar out = estimate(statistics);
  out.network = std::chrono::round<milliseconds>(*statistics.loopback);
  out.playout = std::chrono::round<milliseconds>(own->second.delay);
  return out;
}

Report stats_report(const Statistics& s) {
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  const MouthToEar parts = estimate(s);
  std::vector<Object> speakers;
  for (const auto& [session, speaker] : s.playback.speakers) {
    speakers.push_back(speaker_object(session, name_of(s, session), speaker));
  }
  Report report("stats", text_of(s));
  if (s.round_trip) report.details.with("round_trip_us", s.round_trip->count());
  add_path(report.details, s.stream.path);
  if (const auto loopback = loopback_delay(s)) {
    report.details.with("loopback_way_us", s.loopback->count())
        .with("loopback_ms", loopback->total().count());
  }
  if (s.voice.echo_removed_db) report.details.with("echo_removed_db", *s.voice.echo_removed_db);
  if (s.voice.noise_removed_db) report.details.with("noise_removed_db", *s.voice.noise_removed_db);
  report.details.with("sent_frames", number(s.stream.sent_voice_frames))
      .with("unsent_frames", number(s.stream.dropped_voice_frames))
      .with("queued_voice_ms", s.stream.queued_voice.count())
      .with("bitrate_bps", std::int64_t{s.encoder.bitrate_bps})
      .with("frame_ms", static_cast<double>(s.encoder.frame.count()) / 1000)
      .with("reduced_effort", std::int64_t{s.capture.reduced_effort})
      .with("encoding_share", s.capture.encoding_share)
      .with("captured_blocks", number(s.capture.captured_blocks))
      .with("capture_overflow_blocks", number(s.capture.overflowed_blocks))
      .with("input_xruns", number(s.input_xruns))
      .with("encoded_frames", number(s.capture.encoded_frames))
      .with("received_frames", number(s.stream.received_voice_frames))
      .with("malformed_messages", number(s.stream.malformed_messages))
      .with("playback_overflow_packets", number(s.playback.overflowed_packets))
      .with("underrun_samples", number(s.output.missed_samples))
      .with("output_xruns", number(s.output.xruns))
      .with("capture_ms", parts.capture.count())
      .with("voice_ms", parts.voice.count())
      .with("codec_ms", parts.codec.count())
      .with("network_ms", parts.network.count())
      .with("playout_ms", parts.playout.count())
      .with("output_ms", parts.output.count())
      .with("realtime_threads", std::int64_t{s.realtime.granted})
      .with("mouth_to_ear_ms", parts.total().count())
      .with("speakers", std::move(speakers));
  return report;
}

}  // namespace comcat::client
