#include "comcat/transport/voice_stream.h"

#include "stream_loop.h"

namespace comcat::transport {

VoiceStream::VoiceStream(const Options& options, StreamHandler& handler)
    : loop_(std::make_unique<Loop>(options, handler)) {}

VoiceStream::~VoiceStream() = default;

void VoiceStream::start() {
  loop_->start();
}

void VoiceStream::send_voice(const wire::VoicePacket& frame) {
  loop_->ways().send_voice(frame);
}

unsigned VoiceStream::easing() const {
  return loop_->ways().easing();
}

absl::Status VoiceStream::send(const wire::Command& command) {
  return loop_->inbox().send(command);
}

void VoiceStream::set_place(const std::string& room, std::uint64_t last_text,
                            const std::string& passcode) {
  loop_->inbox().set_place({room, last_text, passcode});
}

void VoiceStream::leave() {
  loop_->inbox().leave();
}

VoiceStream::Stats VoiceStream::stats() const {
  return loop_->stats();
}

}  // namespace comcat::transport
