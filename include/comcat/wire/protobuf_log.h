#pragma once

namespace comcat::wire {

/// Has protobuf write nothing of its own: what a peer sent, malformed, would make it write a line
/// to standard error each time, past the log and its limits, or between the lines that a user
/// reads. That a message cannot be read is said by whoever reads it.
///
/// Threads  main's, before there are others.
void silence_protobuf();

}  // namespace comcat::wire
