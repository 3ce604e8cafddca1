#pragma once

#include <span>
#include <vector>

/// Values and functions of them. Threads: any.
namespace comcat::audio {

/// How much each channel of a sound counts when all become one (Downmix); 0: left out.
///
/// ITU-R BS.775-4, table 2, with its rows for one loudspeaker: what stands in front counts fully,
/// what stands beside, behind or above 3 dB less, the low-frequency channel not at all (the
/// recommendation gives no coefficient for it). The table also takes 3 dB from the left and right
/// of what it adds, since it expects both to carry the same; Downmix looks whether they do.
using ChannelWeights = std::vector<float>;

/// The order of channels in a file that does not say it.
enum class ChannelOrder {
  kWave,    // as WAVE_FORMAT_EXTENSIBLE and FLAC have it: FL FR FC LFE BL BR ...
  kVorbis,  // as Vorbis and Opus have it: FL FC FR BL BR LFE ...
};

/// 1 to 8 channels by the usual layout of that many; every one of more counts fully.
[[nodiscard]] ChannelWeights default_weights(int channels, ChannelOrder order);

/// By a map of libsndfile's (SF_CHANNEL_MAP_*), one entry a channel; nothing where the map makes no
/// sense or leaves nothing.
[[nodiscard]] ChannelWeights weights_of(std::span<const int> channel_map);

/// Every channel of a sound device or a mixer of unknown wiring counts fully.
[[nodiscard]] ChannelWeights equal_weights(int channels);

}  // namespace comcat::audio
