#include "voice/activity.h"

#include "voice/level.h"

namespace comcat::voice {
namespace {

constexpr double kLeastDbfs = -65;  // what is quieter is nobody
constexpr double kVoiceDb = 4;      // above the room, what sounds like speech
constexpr double kLoudDb = 8;       // above the room, anything
constexpr double kStaysDb = 5;      // the same, once it is speech
constexpr std::size_t kSureBlocks = 2;

}  // namespace

void Activity::process(Moment& moment) {
  const double level = to_dbfs(rumble_.power_of(moment.near));
  floor_.take(level);
  const bool sounds_like_it = webrtc_.is_speech(moment.near);
  const double above_db = level - floor_.dbfs();
  const bool loud = above_db > (speech_ ? kStaysDb : kLoudDb);
  loud_blocks_ = loud ? loud_blocks_ + 1 : 0;
  const bool is_voice = sounds_like_it && (above_db > kVoiceDb || floor_.in_doubt());
  speech_ = level > kLeastDbfs && (is_voice || loud_blocks_ >= (speech_ ? 1 : kSureBlocks));
  moment.speech = speech_;
}

}  // namespace comcat::voice
