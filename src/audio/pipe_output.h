#pragma once

#include <memory>
#include <string>

#include "comcat/audio/sink.h"

#include "audio/paced_sink.h"

namespace comcat::audio {

/// Raw sound for another program: 48 kHz, mono, signed 16 bits, little-endian. Never waits: what a
/// slow reader's pipe has no room for is lost, and told once through `on_notice`.
///
/// Standard output ends with its reader: consume() fails. A FIFO without a reader loses what comes,
/// which is told once, until there is one.
/// REQUIRES   SIGPIPE is ignored.
[[nodiscard]] std::unique_ptr<BlockConsumer> make_standard_output(NoticeHandler on_notice);
[[nodiscard]] std::unique_ptr<BlockConsumer> make_fifo_output(std::string path,
                                                              NoticeHandler on_notice);

}  // namespace comcat::audio
