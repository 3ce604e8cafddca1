#include "call_quality.h"

#include <algorithm>

namespace comcat::client {

using std::chrono::milliseconds;

void LossWatch::note(std::uint64_t lost, std::uint64_t whole, base::Time now) {
  if (!seen_.empty() && (lost < seen_.back().lost || whole < seen_.back().whole)) seen_.clear();
  seen_.push_back({lost, whole, now});
  while (seen_.size() > 2 && now - seen_[1].at >= kWindow) seen_.pop_front();
}

bool LossWatch::lossy(base::Time now) const {
  if (seen_.empty() || now - seen_.back().at > kWindow) return false;
  const std::uint64_t whole = seen_.back().whole - seen_.front().whole;
  const std::uint64_t lost = seen_.back().lost - seen_.front().lost;
  return lost * 100 > whole * kLossyPercent;
}

void CallQuality::note(const Statistics& statistics, const std::vector<Talkers::Talker>& talking,
                       base::Time now) {
  constexpr milliseconds kStep{10};
  last_ = now;
  const transport::VoiceStream::Stats& sent = statistics.stream;
  up_.note(sent.dropped_voice_frames, sent.sent_voice_frames + sent.dropped_voice_frames, now);
  std::uint64_t concealed = 0;
  std::uint64_t speech = 0;
  for (const auto& [session, speaker] : statistics.playback.speakers) {
    concealed += speaker.concealed_samples;
    speech += speaker.speech_samples();
  }
  down_.note(concealed, speech, now);
  playout_.reset();
  for (const Talkers::Talker& talker : talking) {
    const auto found = statistics.playback.speakers.find(talker.session);
    if (found == statistics.playback.speakers.end()) continue;
    const milliseconds delay = std::chrono::round<milliseconds>(found->second.delay);
    playout_ = std::max(playout_.value_or(milliseconds{0}), (delay + kStep / 2) / kStep * kStep);
  }
}

}  // namespace comcat::client
