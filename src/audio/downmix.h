#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "comcat/base/realtime.h"

#include "audio/channel_layout.h"

namespace comcat::audio {

/// Adds a second signal to a first so that nothing is lost and nothing becomes louder than it was.
///
/// The plain sum is right where the two have nothing in common. What both carry would be 6 dB too
/// loud in it, or cancel where one is the other upside down. So a correlation that runs over about
/// 300 ms decides the sign of the second signal, and a gain that gives the sum the power
///
///     Pa + Pb - |r| min(Pa, Pb)        r: the coefficient of correlation
///
/// which is that of the louder one where both are the same, and Pa + Pb where they are strangers.
/// Sign and gain glide in about 5 ms.
class ChannelJoin {
 public:
  explicit ChannelJoin(int rate_hz);

  /// sum[i] becomes the two joined, with `added` read at every `stride`th sample and times
  /// `weight`.
  void add(std::span<float> sum, const float* added, std::size_t stride,
           float weight) COMCAT_REALTIME;

 private:
  void measure(std::span<const float> sum, const float* added, std::size_t stride,
               float weight) COMCAT_REALTIME;
  void decide() COMCAT_REALTIME;

  const float glide_;     // share of the way to the wanted values that a sample goes
  const float lifetime_;  // of the measured powers, in samples
  float sum_power_ = 0;
  float added_power_ = 0;
  float product_ = 0;
  float wanted_gain_ = 1;
  float wanted_sign_ = 1;
  float gain_ = 1;
  float sign_ = 1;
  bool decided_ = false;  // something has been heard
};

/// Several channels as one: each by its weight, one ChannelJoin after another. Speech in one
/// channel, the same speech in all of them, and speech that is upside down in one keep their level.
///
/// Memory     taken by the constructor; process() allocates nothing.
/// Threads    one at a time.
class Downmix {
 public:
  Downmix(const ChannelWeights& weights, int rate_hz);

  /// `mono` gets a sample for each frame of `interleaved`. What is not finite counts as silence.
  void process(const float* interleaved, std::span<float> mono) COMCAT_REALTIME;

 private:
  struct Channel {
    std::size_t index = 0;
    float weight = 1;
    ChannelJoin join;
  };
  const std::size_t channels_;
  std::vector<Channel> used_;
};

}  // namespace comcat::audio
