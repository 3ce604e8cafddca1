#include "voice/leveller.h"

#include <algorithm>
#include <cmath>

#include "voice/level.h"

namespace comcat::voice {
namespace {

constexpr double kPause = 0.06;           // of its power, 12 dB below speech, is a pause in it
constexpr double kMostHeardBlocks = 300;  // older speech counts less and less: 3 s
constexpr double kLeastHeardBlocks = 20;  // before which nothing changes
constexpr double kMostDownDb = -20;
constexpr double kMostUpDb = 30;
constexpr double kUpDbPerBlock = 0.06;  // 6 dB a second
constexpr double kDownDbPerBlock = 0.12;

float factor(double db) {
  return static_cast<float>(std::pow(10, db / 20));
}

}  // namespace

void Leveller::configure(Gain gain) {
  adaptive_ = gain.adaptive;
  if (!adaptive_) wanted_db_ = gain_db_ = gain.fixed_db;
}

/// A mean over the loud blocks, each of the latest few hundred counting alike.
void Leveller::listen(const Moment& moment) {
  const double power = power_of(moment.near);
  if (!moment.speech || power < kPause * speech_power_) return;
  heard_blocks_ = std::min(heard_blocks_ + 1, kMostHeardBlocks);
  speech_power_ += (power - speech_power_) / heard_blocks_;
  if (heard_blocks_ < kLeastHeardBlocks) return;
  wanted_db_ = std::clamp(kTargetDbfs - to_dbfs(speech_power_), kMostDownDb, kMostUpDb);
}

void Leveller::process(Moment& moment) {
  if (adaptive_) listen(moment);
  const double before_db = gain_db_;
  gain_db_ = std::clamp(wanted_db_, gain_db_ - kDownDbPerBlock, gain_db_ + kUpDbPerBlock);
  const float before = factor(before_db);
  const float step = (factor(gain_db_) - before) / static_cast<float>(moment.near.size());
  for (std::size_t i = 0; i < moment.near.size(); ++i) {
    moment.near[i] *= before + step * static_cast<float>(i + 1);
  }
  webrtc_.process(moment.near, std::chrono::milliseconds(0));
}

}  // namespace comcat::voice
