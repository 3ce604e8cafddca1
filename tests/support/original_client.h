#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include <opus/opus.h>

#include "support/caller.h"
#include "support/signal.h"

namespace comcat::testing {

/// com_municat's own client, as far as others meet it: its empty signal, voice with its name, and
/// its playback, which decodes every chunk that comes, whoever spoke, by one stereo decoder into
/// one buffer of 240 samples a channel, and plays all of the buffer. What does not fit is an error
/// that it ignores: what it played before is heard once more. It names nothing but voice and the
/// empty signal in what comes, and ends with anything else.
///
/// Threads    a test's one thread.
class OriginalClient {
 public:
  explicit OriginalClient(int port);

  /// Signals; false where no answer comes.
  [[nodiscard]] bool join();
  bool speak(const std::string& name, const std::string& chunk);

  /// Stops sending, and plays all that came until the server's goodbye: to be called once those
  /// whom it heard have gone.
  [[nodiscard]] Samples heard();
  /// Of those that heard() met: chunks that it could not decode.
  [[nodiscard]] std::size_t ignored_chunks() const { return ignored_chunks_; }

 private:
  struct Destroy {
    void operator()(OpusDecoder* decoder) const;
  };

  void play(const std::string& chunk, Samples& to);

  Caller caller_;
  std::unique_ptr<OpusDecoder, Destroy> decoder_;
  static constexpr std::size_t kChannels = 2;
  static constexpr std::size_t kSamplesPerChannel = 240;
  std::array<opus_int16, kChannels * kSamplesPerChannel> buffer_{};
  std::size_t ignored_chunks_ = 0;
};

}  // namespace comcat::testing
