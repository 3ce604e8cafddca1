#include <cstdint>
#include <utility>

#include <api/audio/audio_frame.h>
#include <api/audio_codecs/opus_audio_decoder_factory.h>
#include <api/neteq/neteq.h>
#include <modules/audio_coding/neteq/default_neteq_factory.h>
#include <rtc_base/logging.h>
#include <system_wrappers/include/clock.h>

#include "playout_bench/player.h"

namespace comcat::bench {
namespace {

constexpr int kPayloadType = 111;
constexpr std::uint32_t kPacketSamples = 960;

/// Where it is in the speaker's time follows from which packets it decoded and how much of them it
/// still holds.
class NetEqPlayer final : public Player {
 public:
  NetEqPlayer() : clock_(0) {
    rtc::LogMessage::LogToDebug(rtc::LS_NONE);
    webrtc::NetEq::Config config;
    config.sample_rate_hz = audio::kSampleRate;
    neteq_ = webrtc::DefaultNetEqFactory().CreateNetEq(
        config, webrtc::CreateOpusAudioDecoderFactory(), &clock_);
    neteq_->SetCodecs({{kPayloadType, webrtc::SdpAudioFormat("opus", audio::kSampleRate, 2)}});
  }

  void insert(const Flight& flight, std::string_view opus, Micros now) override {
    advance(now);
    webrtc::RTPHeader header;
    header.payloadType = kPayloadType;
    header.sequenceNumber = static_cast<std::uint16_t>(flight.sequence);
    header.timestamp = flight.timestamp;
    header.ssrc = 1;
    neteq_->InsertPacket(header, {reinterpret_cast<const std::uint8_t*>(opus.data()), opus.size()});
  }

  Played pull(std::span<float> out, Micros now) override {
    advance(now);
    webrtc::AudioFrame frame;
    bool muted = false;
    neteq_->GetAudio(&frame, &muted);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = muted ? 0 : static_cast<float>(frame.data()[i]) / 32768;
    }
    for (const webrtc::RtpPacketInfo& packet : frame.packet_infos_) {
      decoded_end_ = packet.rtp_timestamp() + kPacketSamples;
    }
    const bool invented = frame.speech_type_ == webrtc::AudioFrame::kPLC ||
                          frame.speech_type_ == webrtc::AudioFrame::kPLCCNG;
    return told(invented);
  }

 private:
  void advance(Micros now) {
    clock_.AdvanceTimeMicroseconds(now.count() - clock_.TimeInMicroseconds());
  }

  /// What the statistics say of the block that was just taken.
  Played told(bool invented) {
    const webrtc::NetEqLifetimeStatistics before =
        std::exchange(stats_, neteq_->GetLifetimeStatistics());
    const auto since = [&](std::uint64_t webrtc::NetEqLifetimeStatistics::*figure) {
      return static_cast<std::size_t>(stats_.*figure - before.*figure);
    };
    using Stats = webrtc::NetEqLifetimeStatistics;
    Played played{.timestamp = {},
                  .target = std::chrono::milliseconds(neteq_->TargetDelayMs()),
                  .stretched_samples = since(&Stats::inserted_samples_for_deceleration) +
                                       since(&Stats::removed_samples_for_acceleration)};
    const bool concealed = invented || 2 * since(&Stats::concealed_samples) > audio::kBlockSamples;
    if (decoded_end_.has_value() && !concealed) {
      const auto waiting = static_cast<std::uint32_t>(
          audio::to_samples(std::chrono::milliseconds(neteq_->SyncBufferSizeMs())));
      played.timestamp = exact(*decoded_end_ - waiting) - std::uint32_t{audio::kBlockSamples};
    }
    return played;
  }

  /// What plays next, which is known to the millisecond, to the sample: NetEq's own idea of it runs
  /// ahead after a stall, but where both agree it is exact.
  [[nodiscard]] std::uint32_t exact(std::uint32_t next) const {
    const std::uint32_t told = neteq_->GetPlayoutTimestamp().value_or(0);
    return next - told < audio::kSampleRate / 1000 ? told : next;
  }

  webrtc::SimulatedClock clock_;
  std::unique_ptr<webrtc::NetEq> neteq_;
  webrtc::NetEqLifetimeStatistics stats_;
  std::optional<std::uint32_t> decoded_end_;  // of the packet that was decoded last
};

}  // namespace

std::unique_ptr<Player> make_neteq_player() {
  return std::make_unique<NetEqPlayer>();
}

}  // namespace comcat::bench
