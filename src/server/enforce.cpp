#include "enforce.h"

#include <string>

#include "comcat/base/log.h"

#include "refused.h"

namespace comcat::server {

absl::Status enforce(const Excess& excess, std::string_view consequence, Caller& caller,
                     Metrics& metrics) {
  using enum Excess::Measure;
  if (excess.measure != kWarn && excess.measure != kDisconnect) return absl::OkStatus();
  const std::string more = "more " + std::string(excess.what) + " a second than this server takes";
  if (excess.measure == kDisconnect) {
    metrics.closed_flooding.fetch_add(1);
    return absl::ResourceExhaustedError("disconnected for sending " + more);
  }
  base::log(base::LogLevel::kWarning, "flooding",
            {{"session", caller.who.number}, {"address", caller.address}, {"what", excess.what}});
  caller.answer(0,
                absl::ResourceExhaustedError("you send " + more + "; " + std::string(consequence) +
                                             ", and if it goes on you are disconnected"));
  return absl::OkStatus();
}

absl::Status refuse(const absl::Status& status, Refusal why, const Caller& caller,
                    Metrics& metrics) {
  note_refused(metrics, why, caller.address, status);
  return status;
}

}  // namespace comcat::server
