#include "comcat/transport/failure.h"

#include <initializer_list>
#include <utility>

#include "comcat/base/text.h"
#include "comcat/wire/limits.h"

#include "absl/strings/match.h"

namespace comcat::transport {
namespace {

constexpr std::size_t kMaxQuotedBytes = 300;

bool contains_any(const std::string& text, std::initializer_list<const char*> words) {
  for (const char* const word : words) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

/// How each advice of a comcat server begins.
constexpr const char* kAdviceBegins[] = {"try again", "choose another", "join another"};

std::string or_else(const std::string& advice, const char* ours) {
  return advice.empty() ? ours : advice;
}

Failure refused(const StreamEnd& end, const ServerWords& said, std::string advice) {
  return {FailureKind::kRefused, to_string(end.address) + " refused: " + said.sentence,
          std::move(advice), false};
}

/// The server can make nothing of what this client sends.
Failure misunderstood(const StreamEnd& end, const ServerWords& said) {
  return refused(end, said,
                 said.advice.empty() ? "use the same version of comcat on both ends" : said.advice);
}

/// The server asks for a passcode, its own or the room's.
Failure of_passcode(const StreamEnd& end, const ServerWords& said) {
  const bool of_room = absl::StartsWith(said.sentence, "the room ") ||
                       absl::StartsWith(said.sentence, "the passcode of the room ");
  const char* const advice = of_room ? "give it with --room_passcode_file or COMCAT_ROOM_PASSCODE"
                                     : "check the passcode (--passcode_file or COMCAT_PASSCODE)";
  Failure failure = refused(end, said, advice);
  (of_room ? failure.of_room_passcode : failure.of_passcode) = true;
  return failure;
}

/// gRPC's own words for what only a server that means harm, or none of comcat's, does.
bool is_out_of_bounds(const StreamEnd& end) {
  const std::string too_long = " vs. " + std::to_string(wire::kMaxResponseBytes) + ")";
  if (absl::StrContains(end.message, "Received message larger than max")) {
    return absl::StrContains(end.message, too_long);  // else the server says it of ours
  }
  return contains_any(end.message, {"metadata size exceeds limit", "Buffers full"});
}

Failure out_of_bounds(const StreamEnd& end) {
  return {FailureKind::kUnreachable,
          to_string(end.address) + " sends more at once than a comcat server has to say",
          "ask whoever runs it what it is", false};
}

/// What one can do who was sent away for sending too much. The server says of what; of a message
/// that is too long, gRPC says it.
std::string advice_on_sending(const ServerWords& said) {
  const auto more = [&](const char* what) {
    return absl::StartsWith(said.sentence, std::string("disconnected for sending more ") + what);
  };
  if (more("frames") || more("bytes")) return "try a longer --frame_ms or a lower --bitrate";
  if (more("commands")) return "send commands more slowly";
  return or_else(said.advice, "ask whoever runs the server what it takes");
}

std::string advice_on_name(const ServerWords& said) {
  const std::string other = "start again with another --name";
  if (!absl::StrContains(said.sentence, "is claimed")) return other;
  return other +
         "; where the name is yours, type pair on a device that has it, and give this one "
         "the code with --pair";
}

/// What happened, and what to do about it.
struct Cause {
  std::string sentence;
  std::string advice;
};

/// Before the welcome: why there is no connection that speaks our protocol.
Cause why_unreachable(const StreamEnd& end, const std::string& said) {
  const std::string where = to_string(end.address);
  const std::string& text = end.message;
  if (contains_any(text, {"DNS resolution failed", "C-ares status", "Name or service not known"})) {
    const std::size_t zone = end.address.host.find('%');
    if (zone == std::string::npos) {
      return {"the name " + end.address.host + " does not resolve", "check the spelling of --host"};
    }
    return {end.address.host + " is at no network interface " + end.address.host.substr(zone + 1) +
                " of this machine",
            "name one that ip link shows, for a link-local address alone"};
  }
  if (contains_any(text, {"Connection refused"})) {
    return {where + " refuses connections", "check the port, and that comcat-server runs there"};
  }
  if (contains_any(text, {"No route to host", "Network is unreachable", "Host is unreachable"})) {
    return {"there is no network route to " + where, "check your connection and --host"};
  }
  if (end.tls && contains_any(text, {"andshake failed", "WRONG_VERSION", "wrong version",
                                     "Cannot check peer", "Handshake read failed"})) {
    return {where + " does not speak TLS",
            "if its server runs with --insecure, start the client with --insecure too (nothing is "
            "then encrypted)"};
  }
  if (!end.tls && contains_any(text, {"Socket closed", "Connection reset", "http1.x server",
                                      "before receiving SETTINGS", "Broken pipe"})) {
    return {where + " hung up on plaintext", "if its server uses TLS, leave out --insecure"};
  }
  if (contains_any(text, {"Failed parsing HTTP", "http1.x server"})) {
    return {where + " does not speak comcat's protocol", "check the port"};
  }
  return {where + " cannot be reached (" + said + ")", "check --host and the network"};
}

/// After the welcome. What the server said is worth telling; of gRPC's own words, one thing is.
std::string why_lost(const std::string& said) {
  if (contains_any(said, {"keepalive watchdog"})) return " (no sign of life from there)";
  const bool of_grpc = contains_any(
      said, {"Socket closed", "recvmsg", "sendmsg", "Connection reset", "Broken pipe", "GOAWAY",
             "RST_STREAM", "Stream removed", "Connection timed out", "Transport closed"});
  return said.empty() || of_grpc ? "" : " (" + said + ")";
}

Failure unreachable(const StreamEnd& end, const std::string& said) {
  const std::string where = to_string(end.address);
  if (end.timed_out) {
    return {FailureKind::kUnreachable,
            where + " gave no answer within " + std::to_string(end.waited_s) + " s",
            "check --host, and that no firewall is in the way"};
  }
  if (end.welcomed) {
    return {FailureKind::kUnreachable, "the connection to " + where + " was lost" + why_lost(said),
            ""};
  }
  Cause cause = why_unreachable(end, said);
  return {FailureKind::kUnreachable, std::move(cause.sentence), std::move(cause.advice)};
}

}  // namespace

std::string to_text(const Failure& failure) {
  return failure.advice.empty() ? failure.sentence : failure.sentence + "; " + failure.advice;
}

ServerWords server_words(const std::string& text) {
  const std::size_t semicolon = text.rfind("; ");
  if (semicolon == std::string::npos) return {text, ""};
  const std::string last = text.substr(semicolon + 2);
  for (const char* const begin : kAdviceBegins) {
    if (absl::StartsWith(last, begin)) return {text.substr(0, semicolon), last};
  }
  return {text, ""};
}

Failure classify(const StreamEnd& end) {
  const std::string text = base::safe_text(end.message, kMaxQuotedBytes);
  const ServerWords said = server_words(text);
  const std::string where = to_string(end.address);
  if (is_out_of_bounds(end)) return out_of_bounds(end);
  switch (end.code) {
    case absl::StatusCode::kUnauthenticated:
      return of_passcode(end, said);
    case absl::StatusCode::kPermissionDenied:
      return refused(end, said, or_else(said.advice, "ask whoever runs the server"));
    case absl::StatusCode::kAlreadyExists:  // the server says to choose another, but not how
      return refused(end, said, advice_on_name(said));
    case absl::StatusCode::kFailedPrecondition:
      return end.welcomed ? misunderstood(end, said) : refused(end, said, said.advice);
    case absl::StatusCode::kInvalidArgument:
      if (end.welcomed) return misunderstood(end, said);
      return {FailureKind::kUsage, where + " refused: " + said.sentence, said.advice, false};
    case absl::StatusCode::kResourceExhausted:
      if (end.welcomed) return refused(end, said, advice_on_sending(said));
      return {FailureKind::kFull, where + ": " + said.sentence,
              or_else(said.advice, "try again later")};
    case absl::StatusCode::kUnimplemented:
      return {FailureKind::kUnreachable, where + " is a gRPC server, but not comcat's",
              "check the port", false};
    default:
      return unreachable(end, text);
  }
}

}  // namespace comcat::transport
