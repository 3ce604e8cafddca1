#include "comcat/transport/voice_stream.h"

#include <utility>

#include "stream_loop.h"

namespace comcat::transport {

VoiceStream::VoiceStream(Options options, StreamHandler& handler)
    : loop_(std::make_unique<Loop>(std::move(options), handler)) {}

VoiceStream::~VoiceStream() = default;

void VoiceStream::start() {
  loop_->start();
}

void VoiceStream::send_voice(const wire::VoicePacket& frame) {
  loop_->send_voice(frame);
}

absl::Status VoiceStream::send(const wire::Command& command) {
  return loop_->send(command);
}

void VoiceStream::set_room(const std::string& room) {
  loop_->set_room(room);
}

void VoiceStream::leave() {
  loop_->leave();
}

VoiceStream::Stats VoiceStream::stats() const {
  return loop_->stats();
}

}  // namespace comcat::transport
