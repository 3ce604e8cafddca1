#pragma once

#include <string>

#include "comcat/transport/address.h"

#include "absl/status/status.h"

/// Threads: any.
namespace comcat::transport {

/// What kind of failure kept a client out of a call, or ended one.
enum class FailureKind {
  kUsage,        // the server does not take this name or room
  kRefused,      // passcode, certificate, or the name is taken
  kFull,         // no slot is free
  kUnreachable,  // no name, no connection, no answer, not our protocol
};

struct Failure {
  FailureKind kind = FailureKind::kUnreachable;
  /// What happened, for the user: one sentence without a full stop; safe to print.
  std::string sentence;
  /// What to do about it; "" where nobody knows, or the sentence is several lines that say it too.
  std::string advice;
  /// False when trying again cannot help: someone has to change something first.
  bool worth_retrying = true;
  /// The server asks for a passcode, or for another one.
  bool of_passcode = false;
  /// The same of the room's own; `sentence` says which room.
  bool of_room_passcode = false;
};

/// Sentence and advice in one line.
[[nodiscard]] std::string to_text(const Failure& failure);

/// The text of a server's status in its two parts.
struct ServerWords {
  std::string sentence;
  std::string advice;  // "": none
};

/// A server's text ends in its advice, if it has any, after a semicolon. Names in it may hold
/// semicolons too, so only the last clause is taken for advice, and only where it begins as
/// servers' advice does (proto/README.md); all else is the sentence.
[[nodiscard]] ServerWords server_words(const std::string& text);

/// How an attempt at a call, or a call, came to its end.
struct StreamEnd {
  base::Address address;
  bool tls = true;
  bool welcomed = false;   // the server had answered the hello
  bool timed_out = false;  // we gave up waiting for it
  int waited_s = 10;
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string message;  // gRPC's or the server's; not safe to print
};

/// The failure behind an end. What the server says is told whole, its advice too, but for advice
/// that this program knows better: how its own passcode, name or voice is given. gRPC tells the
/// causes of UNAVAILABLE apart only in its texts (1.51); a text that is not known here still gives
/// a sentence, with the text in it.
[[nodiscard]] Failure classify(const StreamEnd& end);

}  // namespace comcat::transport
