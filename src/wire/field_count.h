#pragma once

#include <cstddef>

#include "comcat/wire/convert.h"

namespace google::protobuf {
class Descriptor;
}

namespace comcat::wire {

/// Whether a message of the kind that `descriptor` tells has at most `most` fields, those of the
/// messages in it counted: a bound on what it takes up once it is unpacked, which an empty field of
/// two bytes multiplies by a hundred. Unpacks nothing. Of long bytes that are no message: false.
/// Threads: any.
[[nodiscard]] bool has_at_most_fields(Bytes bytes, const google::protobuf::Descriptor& descriptor,
                                      std::size_t most);

}  // namespace comcat::wire
