#pragma once

#include "audio/byte_input.h"

namespace comcat::audio {

/// True where `bytes` begin as something that would be loud noise if it were taken for raw sound:
/// sound in a format of files, MPEG audio and AAC without any header, an archive, a web page. Looks
/// no further than it has to, as what is looked at has to come first. Threads: one.
[[nodiscard]] bool is_other_stream(const ByteInput& bytes);

}  // namespace comcat::audio
