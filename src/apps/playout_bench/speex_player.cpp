#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

#include <speex/speex_jitter.h>

#include "comcat/codec/decoder.h"

#include "playout_bench/player.h"

namespace comcat::bench {
namespace {

constexpr int kStep = audio::kBlockSamples;  // Mumble's frame: 10 ms
constexpr int kMissesUntilEnd = 10;
constexpr int kBlocksToWaitForMore = 20;

struct DestroyBuffer {
  void operator()(JitterBuffer* buffer) const { jitter_buffer_destroy(buffer); }
};

/// Mumble's ClientUser: what outlives one spurt of speech.
struct Usual {
  float packets = 0;  // waiting packets: the highest seen, decaying
  float power_max = 0;
  float power_min = 0;
};

/// Mumble's AudioOutputSpeech: one spurt of speech.
class Spurt {
 public:
  explicit Spurt(Usual& usual) : usual_(usual), buffer_(jitter_buffer_init(kStep)) {
    auto decoder = codec::Decoder::create();
    if (!decoder.ok()) std::abort();
    decoder_.emplace(std::move(*decoder));
    int margin = kStep;
    jitter_buffer_ctl(buffer_.get(), JITTER_BUFFER_SET_MARGIN, &margin);
  }

  void insert(const Flight& flight, std::string_view opus) {
    std::vector<char> bytes(opus.begin(), opus.end());
    JitterBufferPacket packet{};
    packet.data = bytes.data();
    packet.len = static_cast<spx_uint32_t>(bytes.size());
    packet.timestamp = flight.timestamp;
    packet.span = static_cast<spx_uint32_t>(codec::packet_samples(opus).value_or(kStep));
    packet.user_data = flight.last_of_spurt ? 1 : 0;
    jitter_buffer_put(buffer_.get(), &packet);
  }

  [[nodiscard]] bool alive() const { return alive_ || !pcm_.empty(); }

  Played pull(std::span<float> out) {
    std::ranges::fill(out, 0.0F);
    Played played;
    if (pcm_.empty()) {
      if (!alive_ || waits_for_more()) return played;
      decode();
    }
    if (!concealing_) {
      played.timestamp = timestamp_;
      timestamp_ += static_cast<std::uint32_t>(out.size());
    }
    std::copy_n(pcm_.begin(), out.size(), out.begin());
    pcm_.erase(pcm_.begin(), pcm_.begin() + static_cast<std::ptrdiff_t>(out.size()));
    return played;
  }

 private:
  bool waits_for_more() {
    int available = 0;
    jitter_buffer_ctl(buffer_.get(), JITTER_BUFFER_GET_AVAILABLE_COUNT, &available);
    available_ = static_cast<float>(available);
    return !begun_ && available < std::lround(usual_.packets) && ++misses_ < kBlocksToWaitForMore;
  }

  void decode() {
    begun_ = true;
    std::array<char, 4096> bytes;
    JitterBufferPacket packet{};
    packet.data = bytes.data();
    packet.len = bytes.size();
    spx_int32_t offset = 0;
    std::array<float, codec::kMaxPacketSamples> pcm;
    std::size_t samples = kStep;
    concealing_ = jitter_buffer_get(buffer_.get(), &packet, kStep, &offset) != JITTER_BUFFER_OK;
    if (concealing_) {
      jitter_buffer_update_delay(buffer_.get(), nullptr, nullptr);
      if (++misses_ > kMissesUntilEnd) alive_ = false;
      samples = decoder_->conceal(std::span(pcm).first(kStep));
    } else {
      misses_ = 0;
      usual_.packets = std::max(available_, usual_.packets * 0.99F);
      timestamp_ = packet.timestamp;
      samples = decoder_->decode({packet.data, packet.len}, pcm);
      if (quiet(std::span(pcm).first(samples))) {
        jitter_buffer_update_delay(buffer_.get(), nullptr, nullptr);
      }
      if (packet.user_data != 0) alive_ = false;
    }
    samples = std::max<std::size_t>(samples / kStep * kStep, kStep);
    for (std::size_t i = 0; i < samples; i += kStep) jitter_buffer_tick(buffer_.get());
    pcm_.assign(pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(samples));
  }

  bool quiet(std::span<const float> pcm) {
    float sum = 0;
    for (const float sample : pcm) sum += sample * sample;
    const float power = std::sqrt(sum / static_cast<float>(pcm.size()));
    if (power >= usual_.power_max) {
      usual_.power_max = power;
    } else if (power <= usual_.power_min) {
      usual_.power_min = power;
    } else {
      usual_.power_max *= 0.99F;
      usual_.power_min += 0.0001F * power;
    }
    return power < usual_.power_min + 0.01F * (usual_.power_max - usual_.power_min);
  }

  Usual& usual_;
  std::unique_ptr<JitterBuffer, DestroyBuffer> buffer_;
  std::optional<codec::Decoder> decoder_;
  std::vector<float> pcm_;
  std::uint32_t timestamp_ = 0;
  float available_ = 0;
  int misses_ = 0;
  bool begun_ = false;
  bool alive_ = true;
  bool concealing_ = false;
};

class SpeexPlayer final : public Player {
 public:
  void insert(const Flight& flight, std::string_view opus, Micros) override {
    if (!spurt_.has_value()) spurt_.emplace(usual_);
    spurt_->insert(flight, opus);
  }

  Played pull(std::span<float> out, Micros) override {
    std::ranges::fill(out, 0.0F);
    if (!spurt_.has_value()) return {};
    const Played played = spurt_->pull(out);
    if (!spurt_->alive()) spurt_.reset();
    return played;
  }

 private:
  Usual usual_;
  std::optional<Spurt> spurt_;
};

}  // namespace

std::unique_ptr<Player> make_speex_player() {
  return std::make_unique<SpeexPlayer>();
}

}  // namespace comcat::bench
