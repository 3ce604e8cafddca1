#pragma once

#include "audio/byte_input.h"

/// Values and functions of them. Threads: any.
namespace comcat::audio {

/// A recorder writes the size of the sound into the header once it is done. What was cut off, or is
/// still being written, says 0, nothing, or too little there: returns `bytes` with the size of what
/// there is, and others as they are.
///
/// Knows      WAV, RF64, BW64, RIFX, W64, AIFF, AIFC, AU and CAF. A size that is too large needs no
///            mending, since libsndfile stops at the end. One that is too small is believed where
///            the size of the whole file agrees with it, or chunks follow; AU and CAF have no such
///            size. A file whose sound is empty and followed by whole chunks up to its end is just
///            empty.
[[nodiscard]] Bytes mend_header(Bytes bytes);

}  // namespace comcat::audio
