#include "refused.h"

#include <algorithm>

#include "comcat/base/log.h"

#include "absl/strings/cord.h"

namespace comcat::server {
namespace {

/// Status payloads are told apart by such names; it stays in the process.
constexpr const char* kReason = "comcat/refusal";

}  // namespace

absl::Status refusal(Refusal why, absl::Status told) {
  told.SetPayload(kReason, absl::Cord(kRefusalNames.at(static_cast<std::size_t>(why))));
  return told;
}

Refusal reason_of(const absl::Status& refusal) {
  const auto reason = refusal.GetPayload(kReason);
  const auto* const name = std::ranges::find_if(
      kRefusalNames, [&](const char* known) { return reason && *reason == known; });
  return name == kRefusalNames.end() ? Refusal::kProtocol
                                     : static_cast<Refusal>(name - kRefusalNames.begin());
}

void note_refused(Metrics& metrics, Refusal why, const std::string& address,
                  const absl::Status& told) {
  metrics.refused(why);
  base::log(base::LogLevel::kWarning, "refused",
            {{"address", address}, {"why", std::string(told.message())}});
}

}  // namespace comcat::server
