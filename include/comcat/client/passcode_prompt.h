#pragma once

#include <optional>
#include <string>

namespace comcat::client {

/// Asks for a passcode on the terminal that is standard input, with echo off; an empty line is an
/// empty passcode. Ctrl+Z stops the program, and the question is asked again when it continues.
/// Nothing where the user gave up (Ctrl+C, Ctrl+D, or a signal to end); the terminal is as it was
/// in every case. Threads: the main one, while no client runs; gRPC's may be there.
[[nodiscard]] std::optional<std::string> ask_passcode(const std::string& prompt);

}  // namespace comcat::client
