#include "comcat/server/claim.h"

#include <algorithm>

namespace comcat::server {
namespace {

// Weight of the newest frame.
constexpr double kAttack = 0.5;
constexpr double kRelease = 0.05;

constexpr double kPeakFade = 5;  // dB a second: what was loud long ago is no peak

}  // namespace

void Claim::hear(std::uint8_t level_dbov, base::Time now) {
  const double level_db = -static_cast<double>(level_dbov);
  const bool fresh = is_over(now);
  const std::chrono::duration<double> since = now - last_frame_;
  peak_db_ = fresh ? level_db : std::max(level_db, peak_db_ - kPeakFade * since.count());
  if (fresh || level_db <= peak_db_ - kFallDb) last_fall_ = now;
  last_frame_ = now;
  if (level_dbov > kVoiceDbov) return;  // a pause says nothing about how loud the voice is
  const double rise_db = level_db - level_db_;
  level_db_ += rise_db * (fresh ? 1 : rise_db > 0 ? kAttack : kRelease);
  last_voice_ = now;
}

}  // namespace comcat::server
