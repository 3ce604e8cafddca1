#pragma once

#include <string>

#include "comcat/server/server.h"

#include "absl/status/status.h"

/// comcat-server's side for whoever runs it: the flags --admin and --admin_socket.
/// Threads: the main one, before there are others.
namespace comcat::apps {

/// Whether the program is to ask a running server, and not to be one.
[[nodiscard]] bool is_administration();

/// Asks the server whose --state_dir this is what the words of --admin say, and prints its answer;
/// the program's exit code.
[[nodiscard]] int administer(const std::string& state_dir);

/// Has the server of `options` serve the admin socket, and keep what hosts ban. An error is one
/// sentence.
[[nodiscard]] absl::Status prepare_hosts(server::ServerOptions& options,
                                         const std::string& state_dir);

}  // namespace comcat::apps
