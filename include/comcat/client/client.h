#pragma once

#include <memory>
#include <string>

#include "comcat/client/options.h"
#include "comcat/client/report.h"

#include "absl/status/statusor.h"

namespace comcat::client {

/// How a client's call ended; comcat-client's exit code says it.
struct Ending {
  enum class Kind { kStopped, kUsage, kRefused, kFull, kUnreachable, kSoundDevice };
  Kind kind = Kind::kStopped;
  std::string sentence;           // for the user; "" when stopped
  bool of_passcode = false;       // the server wants one, or another
  bool of_room_passcode = false;  // the room does
};

/// The JSON event that tells programs of an ending, the last one of a client.
[[nodiscard]] Report closed_report(const Ending& ending);

/// One call, from the first connection to the end: waits for the welcome, opens the sound devices
/// only then, and obeys the console until `stop`, the end of the input, a signal, or the server.
///
/// Threads    the one that calls run() is the main thread: the session and all that the user sees
///            belong to it. Others (the stream's, the console's, the signals', the devices') post
///            tasks to it; voice alone goes past it.
/// Process    standard input and output, SIGINT, SIGTERM and SIGHUP are the client's while it runs;
///            the second signal ends the process at once with code 130.
/// REQUIRES   check(options) is OK.
[[nodiscard]] Ending run_client(const ClientOptions& options);

/// The machine's sound devices, for people or as JSON.
[[nodiscard]] absl::StatusOr<Report> devices_report();

}  // namespace comcat::client
