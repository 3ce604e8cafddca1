#include "comcat/client/capture.h"

#include <algorithm>
#include <utility>

namespace comcat::client {

absl::StatusOr<std::unique_ptr<Capture>> Capture::create(const codec::EncoderOptions& options,
                                                         Send send, OnMutedSpeech on_muted_speech) {
  absl::StatusOr<codec::Encoder> encoder = codec::Encoder::create(options);
  if (!encoder.ok()) return encoder.status();
  return std::unique_ptr<Capture>(
      new Capture(std::move(*encoder), std::move(send), std::move(on_muted_speech)));
}

Capture::Capture(codec::Encoder encoder, Send send, OnMutedSpeech on_muted_speech)
    : framer_(std::min(encoder.frame_samples(), audio::kBlockSamples)),
      stages_(encoder.frame_samples() >= audio::kBlockSamples),
      chain_(std::move(encoder), stages_, std::move(send), std::move(on_muted_speech)) {}

void Capture::step(std::chrono::microseconds patience) {
  framer_.wait(chain_.lacking_samples(), patience);
  while (framer_.pop(taken_)) chain_.take(taken_, taken_.muted || muted());
}

Capture::Stats Capture::stats() const {
  Stats out;
  out.captured_blocks = framer_.captured_blocks();
  out.overflowed_blocks = framer_.overflowed_blocks();
  out.encoded_frames = chain_.encoded_frames();
  out.sent_frames = chain_.sent_frames();
  out.level_dbov = muted() ? wire::kSilentDbov : chain_.level_dbov();
  out.lookahead = chain_.lookahead();
  out.reduced_effort = chain_.reduced_effort();
  out.encoding_share = chain_.encoding_share();
  return out;
}

}  // namespace comcat::client
