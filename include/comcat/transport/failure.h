#pragma once

#include <string>

#include "comcat/transport/address.h"

#include "absl/status/status.h"

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
  /// One sentence for the user, without a full stop, that says what to do next; safe to print.
  std::string sentence;
  /// False when trying again cannot help: someone has to change something first.
  bool worth_retrying = true;
};

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

/// The failure behind an end. gRPC tells the causes of UNAVAILABLE apart only in its texts (1.51);
/// a text that is not known here still gives a sentence, with the text in it.
[[nodiscard]] Failure classify(const StreamEnd& end);

}  // namespace comcat::transport
