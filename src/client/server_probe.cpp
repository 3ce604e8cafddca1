#include "server_probe.h"

#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/codec/encoder.h"

#include "stream_options.h"

namespace comcat::client {
namespace {

constexpr std::chrono::milliseconds kFrame{20};
constexpr std::size_t kFrames = 110;  // 2.2 s: it is known by then whether datagrams get through
constexpr std::chrono::milliseconds kLast{400};  // for the last of them to come back
constexpr std::chrono::milliseconds kAnswer{3000};
constexpr std::chrono::milliseconds kGoodbye{1500};
constexpr std::uint64_t kQuestion = 2;

ClientOptions in_a_room_of_its_own(ClientOptions options) {
  options.new_room = true;
  options.room_passcode.clear();
  return options;
}

std::vector<float> tone(std::size_t samples) {
  constexpr double kHertz = 440;
  std::vector<float> out(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    out[i] = 0.25F * static_cast<float>(std::sin(2 * std::numbers::pi * kHertz *
                                                 static_cast<double>(i) / audio::kSampleRate));
  }
  return out;
}

}  // namespace

ServerProbe::ServerProbe(const ClientOptions& options) : options_(in_a_room_of_its_own(options)) {
  measured_.server = base::to_string(options.address);
  measured_.tls = options.tls;
  measured_.datagrams = options.tls && options.datagrams;
}

ServerProbe::~ServerProbe() = default;

ServerMeasures ServerProbe::measure() {
  transport::StreamHandler& handler = *this;
  transport::VoiceStream::Options options = stream_options(options_);
  std::string trouble;
  options.key = key_of_device(options_, trouble);
  stream_ = std::make_unique<transport::VoiceStream>(options, handler);
  stream_->start();
  welcomed_.wait_for(options_.connect_timeout + kAnswer);
  ServerMeasures spoken;
  if (welcomed_.is_set() && !closed_.is_set()) {
    ask();
    speak(spoken);
    stream_->leave();
    closed_.wait_for(kGoodbye);
  }
  const auto path = stream_->stats().path;
  stream_.reset();
  const absl::MutexLock lock(&mutex_);
  measured_.path = path;
  if (spoken.sent_frames > 0) measured_.path = spoken.path;
  measured_.sent_frames = spoken.sent_frames;
  measured_.voice_trip = spoken.voice_trip;
  measured_.returned_frames = returned_frames_.load();
  return measured_;
}

void ServerProbe::ask() {
  std::ignore = stream_->send({1, wire::SetLoopback{true}});
  {
    const absl::MutexLock lock(&mutex_);
    asked_at_ = base::steady_now();
  }
  std::ignore = stream_->send({kQuestion, wire::ListRooms{}});
}

void ServerProbe::speak(ServerMeasures& out) {
  auto encoder = codec::Encoder::create({});
  if (!encoder.ok()) return;
  const std::vector<float> frame = tone(encoder->frame_samples());
  wire::VoicePacket packet;
  packet.level_dbov = 15;
  packet.duration_samples = static_cast<std::uint32_t>(frame.size());
  const base::Time began = base::steady_now();
  for (std::size_t i = 0; i < kFrames; ++i) {
    if (closed_.wait_for(began + i * kFrame - base::steady_now())) return;
    packet.payload = encoder->encode(frame);
    loopback_.sent(packet, base::steady_now());
    stream_->send_voice(packet);
    ++out.sent_frames;
    ++packet.sequence;
    packet.timestamp += packet.duration_samples;
  }
  closed_.wait_for(kLast);
  out.voice_trip = loopback_.way(base::steady_now());
  out.path = stream_->stats().path;
}

void ServerProbe::on_welcome(wire::Welcome welcome, const base::Address& /*from*/) {
  loopback_.set_self(welcome.session);
  welcomed_.set();
}

void ServerProbe::on_voice(wire::VoicePackets frames, wire::Via /*via*/) {
  loopback_.heard(frames, base::steady_now());
  returned_frames_ += frames.size();
}

void ServerProbe::on_outcome(wire::Outcome outcome) {
  if (outcome.trace_id != kQuestion) return;
  const absl::MutexLock lock(&mutex_);
  measured_.round_trip =
      std::chrono::duration_cast<std::chrono::microseconds>(base::steady_now() - asked_at_);
}

void ServerProbe::on_notice(std::string sentence) {
  const absl::MutexLock lock(&mutex_);
  measured_.notice = std::move(sentence);
}

void ServerProbe::on_interrupted(transport::Failure failure) {
  fail(std::move(failure));
}

void ServerProbe::on_closed(std::optional<transport::Failure> failure) {
  if (failure) fail(*std::move(failure));
  closed_.set();
  welcomed_.set();
}

void ServerProbe::fail(transport::Failure failure) {
  {
    const absl::MutexLock lock(&mutex_);
    measured_.failure = std::move(failure);
  }
  closed_.set();
  welcomed_.set();
}

}  // namespace comcat::client
