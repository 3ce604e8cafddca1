#pragma once

#include <string>

#include "comcat/client/json_command.h"
#include "comcat/client/report.h"

#include "absl/status/statusor.h"

/// Commands from other programs of the same user, through the socket of --control.
namespace comcat::client {

/// The command in a line of the socket: JSON, or words as at the console. Safe on any bytes.
/// Threads: any.
[[nodiscard]] JsonCommand parse_control_line(const std::string& line);

/// Whether the user, too, is told of `answer` to another program of his: something in the call is
/// different, which is no mere list and no mistake of that program. Threads: any.
[[nodiscard]] bool concerns_user(const Report& answer);

/// What a client in a call answered.
struct ControlAnswer {
  bool done = false;  // the command was carried out
  std::string text;   // for people; lines that are safe to print
  std::string json;   // the same for programs
};

/// Has the client that listens at `path` carry out `line`, and waits for that for a few seconds. A
/// sentence for the user where there is none (kUnavailable), or where `line` is no command
/// (kInvalidArgument). Threads: any.
[[nodiscard]] absl::StatusOr<ControlAnswer> send_control(const std::string& path,
                                                         const std::string& line);

}  // namespace comcat::client
