#include "comcat/transport/failure.h"

#include <initializer_list>

#include "comcat/base/text.h"

namespace comcat::transport {
namespace {

constexpr std::size_t kMaxQuotedBytes = 300;

bool contains_any(const std::string& text, std::initializer_list<const char*> words) {
  for (const char* const word : words) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

/// What the server said, without what it advises after a semicolon.
std::string without_advice(const std::string& said) {
  return said.substr(0, said.find("; "));
}

/// What the server said, and what to do where it did not say that too.
std::string with_advice(const std::string& said, const char* advice) {
  return said.find("; ") == std::string::npos ? said + "; " + advice : said;
}

Failure refused(const StreamEnd& end, const std::string& sentence) {
  return {FailureKind::kRefused, to_string(end.address) + " refused: " + sentence, false};
}

/// Before the welcome: why there is no connection that speaks our protocol.
std::string why_unreachable(const StreamEnd& end, const std::string& said) {
  const std::string where = to_string(end.address);
  const std::string& text = end.message;
  if (contains_any(text, {"DNS resolution failed", "C-ares status", "Name or service not known"})) {
    return "the name " + end.address.host + " does not resolve; check the spelling of --host";
  }
  if (contains_any(text, {"Connection refused"})) {
    return where + " refuses connections; check the port, and that comcat-server runs there";
  }
  if (contains_any(text, {"No route to host", "Network is unreachable", "Host is unreachable"})) {
    return "there is no network route to " + where + "; check your connection and --host";
  }
  if (end.tls && contains_any(text, {"andshake failed", "WRONG_VERSION", "wrong version",
                                     "Cannot check peer", "Handshake read failed"})) {
    return where +
           " does not speak TLS; if its server runs with --insecure, start the client with "
           "--insecure too (nothing is then encrypted)";
  }
  if (!end.tls && contains_any(text, {"Socket closed", "Connection reset", "http1.x server",
                                      "before receiving SETTINGS", "Broken pipe"})) {
    return where + " hung up on plaintext; if its server uses TLS, leave out --insecure";
  }
  if (contains_any(text, {"Failed parsing HTTP", "http1.x server"})) {
    return where + " does not speak comcat's protocol; check the port";
  }
  return where + " cannot be reached (" + said + "); check --host and the network";
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
  if (end.timed_out) {
    return {FailureKind::kUnreachable, to_string(end.address) + " gave no answer within " +
                                           std::to_string(end.waited_s) +
                                           " s; check --host, and that no firewall is in the way"};
  }
  if (end.welcomed) {
    return {FailureKind::kUnreachable,
            "the connection to " + to_string(end.address) + " was lost" + why_lost(said)};
  }
  return {FailureKind::kUnreachable, why_unreachable(end, said)};
}

}  // namespace

Failure classify(const StreamEnd& end) {
  const std::string said = base::safe_text(end.message, kMaxQuotedBytes);
  switch (end.code) {
    case absl::StatusCode::kUnauthenticated:
      return refused(end,
                     with_advice(said, "check the passcode (--passcode_file or COMCAT_PASSCODE)"));
    case absl::StatusCode::kPermissionDenied:
      return refused(end, with_advice(said, "ask whoever runs the server"));
    case absl::StatusCode::kAlreadyExists:  // the server says to choose another, but not how
      return refused(end, without_advice(said) + "; start again with another --name");
    case absl::StatusCode::kInvalidArgument:
      return {FailureKind::kUsage, to_string(end.address) + " refused: " + said, false};
    case absl::StatusCode::kResourceExhausted:
      if (end.welcomed) {
        return refused(end, with_advice(said, "try a longer --frame_ms or a lower --bitrate"));
      }
      return {FailureKind::kFull,
              to_string(end.address) + ": " + with_advice(said, "try again later")};
    case absl::StatusCode::kUnimplemented:
      return {FailureKind::kUnreachable,
              to_string(end.address) + " is a gRPC server, but not comcat's; check the port",
              false};
    default:
      return unreachable(end, said);
  }
}

}  // namespace comcat::transport
