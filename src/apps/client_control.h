#pragma once

#include <string>

/// comcat-client's side for other programs of the user's: the flag --send.
/// Threads: the main one.
namespace comcat::apps {

/// Whether the program is to give a command to a client in a call, and not to be one.
[[nodiscard]] bool is_sender();

/// Has the client at the socket `control` carry out the words of --send, and prints its answer, for
/// programs as `json`; the program's exit code.
[[nodiscard]] int send_words(const std::string& control, bool json);

}  // namespace comcat::apps
