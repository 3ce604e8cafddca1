#pragma once

#include <vector>

#include "audio/byte_input.h"

/// Values and functions of them. Threads: any.
namespace comcat::audio {

/// An Ogg file may be several laid end to end (a saved web stream, `cat a.ogg b.ogg`), each with a
/// codec, a rate and channels of its own: RFC 3533 calls it chaining, each a link. Returns the
/// links in order, and any other file as one. Looks at the header of every page once.
[[nodiscard]] std::vector<Bytes> ogg_links(const Bytes& bytes);

}  // namespace comcat::audio
