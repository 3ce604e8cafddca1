#include "audio/channel_layout.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <sndfile.h>

namespace comcat::audio {
namespace {

constexpr float kFront = 1.0F;
constexpr float kSurround = 0.70710678F;  // -3 dB
constexpr float kLeftOut = 0.0F;

// One letter a channel: f in front, s beside or behind, l the low-frequency one.
constexpr std::array<std::string_view, 8> kWave{"f",     "ff",     "fff",     "ffss",
                                                "fffss", "ffflss", "ffflsss", "ffflssss"};
constexpr std::array<std::string_view, 8> kVorbis{"f",     "ff",     "fff",     "ffss",
                                                  "fffss", "fffssl", "fffsssl", "fffssssl"};

float weight_of_letter(char letter) {
  return letter == 'f' ? kFront : letter == 's' ? kSurround : kLeftOut;
}

float weight_of_position(int position) {
  switch (position) {
    case SF_CHANNEL_MAP_MONO:
    case SF_CHANNEL_MAP_LEFT:
    case SF_CHANNEL_MAP_RIGHT:
    case SF_CHANNEL_MAP_CENTER:
    case SF_CHANNEL_MAP_FRONT_LEFT:
    case SF_CHANNEL_MAP_FRONT_RIGHT:
    case SF_CHANNEL_MAP_FRONT_CENTER:
    case SF_CHANNEL_MAP_FRONT_LEFT_OF_CENTER:
    case SF_CHANNEL_MAP_FRONT_RIGHT_OF_CENTER:
    case SF_CHANNEL_MAP_AMBISONIC_B_W:  // the sound from everywhere; X, Y, Z say whence
      return kFront;
    case SF_CHANNEL_MAP_LFE:
    case SF_CHANNEL_MAP_AMBISONIC_B_X:
    case SF_CHANNEL_MAP_AMBISONIC_B_Y:
    case SF_CHANNEL_MAP_AMBISONIC_B_Z:
      return kLeftOut;
    default:
      return kSurround;
  }
}

}  // namespace

ChannelWeights default_weights(int channels, ChannelOrder order) {
  const auto& layouts = order == ChannelOrder::kWave ? kWave : kVorbis;
  const auto count = static_cast<std::size_t>(channels);
  if (count < 1 || count > layouts.size()) return equal_weights(channels);
  ChannelWeights weights;
  for (const char letter : layouts[count - 1]) weights.push_back(weight_of_letter(letter));
  return weights;
}

ChannelWeights weights_of(std::span<const int> channel_map) {
  ChannelWeights weights;
  for (const int position : channel_map) {
    if (position <= SF_CHANNEL_MAP_INVALID || position >= SF_CHANNEL_MAP_MAX) return {};
    weights.push_back(weight_of_position(position));
  }
  const bool something = std::any_of(weights.begin(), weights.end(), [](float w) { return w > 0; });
  return something ? weights : ChannelWeights{};
}

ChannelWeights equal_weights(int channels) {
  return ChannelWeights(static_cast<std::size_t>(channels), kFront);
}

}  // namespace comcat::audio
