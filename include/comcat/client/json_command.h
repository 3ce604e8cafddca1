#pragma once

#include <optional>
#include <string>

#include "comcat/client/command.h"
#include "comcat/client/report.h"

#include "absl/status/statusor.h"

/// Values and functions of them. Threads: any.
namespace comcat::client {

/// A command as programs write it: {"command":"volume","name":"an","percent":80,"id":7}. The fields
/// are the word's arguments, as words.h names them; `id` is the program's own.
struct JsonCommand {
  absl::StatusOr<ConsoleCommand> command;  // or a sentence, safe to print
  std::optional<Value> id;                 // a number or a text
};

/// True where `line` is meant to be one.
[[nodiscard]] bool is_json(const std::string& line);

/// Safe on any bytes.
[[nodiscard]] JsonCommand parse_json_command(const std::string& line);

}  // namespace comcat::client
