#include "refused.h"

#include "comcat/base/log.h"

namespace comcat::server {

void note_refused(Metrics& metrics, Refusal why, const std::string& address,
                  const absl::Status& told) {
  metrics.refused(why);
  base::log(base::LogLevel::kWarning, "refused",
            {{"address", address}, {"why", std::string(told.message())}});
}

}  // namespace comcat::server
