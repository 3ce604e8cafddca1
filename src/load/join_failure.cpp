#include "comcat/load/join_failure.h"

#include <string>

#include "comcat/base/text.h"

namespace comcat::load {
namespace {

using transport::FailureKind;
using transport::StreamEnd;

constexpr std::size_t kMaxQuotedBytes = 300;

/// With advice on callers of ours where classify() would speak of flags of comcat-client's.
StreamEnd with_own_advice(StreamEnd end) {
  const std::size_t advice = end.message.find("; ");
  if (end.code == absl::StatusCode::kAlreadyExists) {
    end.code = absl::StatusCode::kPermissionDenied;
    end.message = end.message.substr(0, advice) + "; wait until that comcat-load has ended";
  } else if (end.code == absl::StatusCode::kResourceExhausted && advice == std::string::npos) {
    end.message += end.welcomed ? "; send less, or give comcat-server higher limits"
                                : "; give comcat-server a larger --max_clients (or "
                                  "--max_clients_per_address)";
  }
  return end;
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
  const transport::Failure failure = transport::classify(with_own_advice(end));
  const absl::StatusCode code = code_of(failure.kind);
  if (in == 0) return {code, failure.sentence};
  const std::string count =
      std::to_string(in) + " of " + std::to_string(clients) + " clients are in; ";
  const bool unreachable = failure.kind == FailureKind::kUnreachable;
  return {code, count + (unreachable ? why_no_more(end, failure.sentence) : failure.sentence)};
}

}  // namespace comcat::load
