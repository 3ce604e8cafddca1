#include "comcat/load/join_failure.h"

#include <string>

#include "comcat/base/text.h"

namespace comcat::load {
namespace {

using transport::FailureKind;
using transport::StreamEnd;

constexpr std::size_t kMaxQuotedBytes = 300;

/// With advice on callers of ours where classify() speaks of flags of comcat-client's.
transport::Failure failure_of(const StreamEnd& end) {
  transport::Failure failure = transport::classify(end);
  if (end.code == absl::StatusCode::kAlreadyExists) {
    failure.advice = "wait until that comcat-load has ended";
  } else if (end.code == absl::StatusCode::kResourceExhausted &&
             transport::server_words(end.message).advice.empty()) {
    failure.advice = end.welcomed ? "send less, or give comcat-server higher limits"
                                  : "give comcat-server a larger --max_clients (or "
                                    "--max_clients_per_address)";
  }
  return failure;
}

/// Where others are in, the address is right and somebody answers there.
std::string why_no_more(const StreamEnd& end, const std::string& sentence) {
  if (end.welcomed) return sentence + "; look into the server's log";
  if (end.timed_out) {
    return "the next got no answer within " + std::to_string(end.waited_s) +
           " s; try fewer --clients";
  }
  return "the next was turned away (" + base::safe_text(end.message, kMaxQuotedBytes) +
         "); comcat-server's --max_connections_per_address may be too small";
}

absl::StatusCode code_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::kUsage:
      return absl::StatusCode::kInvalidArgument;
    case FailureKind::kRefused:
      return absl::StatusCode::kPermissionDenied;
    case FailureKind::kFull:
      return absl::StatusCode::kResourceExhausted;
    case FailureKind::kUnreachable:
      break;
  }
  return absl::StatusCode::kUnavailable;
}

}  // namespace

absl::Status join_failure(const StreamEnd& end, std::size_t in, std::size_t clients) {
  const transport::Failure failure = failure_of(end);
  const absl::StatusCode code = code_of(failure.kind);
  if (in == 0) return {code, to_text(failure)};
  const std::string count =
      std::to_string(in) + " of " + std::to_string(clients) + " clients are in; ";
  const bool unreachable = failure.kind == FailureKind::kUnreachable;
  return {code, count + (unreachable ? why_no_more(end, failure.sentence) : to_text(failure))};
}

}  // namespace comcat::load
