#pragma once

/// Values. Threads: any.
namespace comcat::voice {

enum class Noise { kOff, kLow, kHigh };

struct Gain {
  bool adaptive = false;  // speech of any loudness becomes about as loud
  int fixed_db = 0;       // 0 to kMostGainDb; where it is not adaptive
  [[nodiscard]] bool on() const { return adaptive || fixed_db != 0; }
  friend bool operator==(const Gain&, const Gain&) = default;
};

inline constexpr int kMostGainDb = 30;  // of Gain::fixed_db

/// What is done to the microphone's sound. Where all is off it stays as it is, sample for sample.
struct Settings {
  bool echo = false;  // remove what the loudspeaker plays
  Noise noise = Noise::kOff;
  Gain gain;
  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace comcat::voice
