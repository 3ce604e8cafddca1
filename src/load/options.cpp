#include "comcat/load/options.h"

#include <sys/resource.h>

#include "comcat/load/stamp.h"
#include "comcat/wire/limits.h"

namespace comcat::load {
namespace {

absl::Status invalid(const std::string& sentence) {
  return absl::InvalidArgumentError(sentence);
}

/// Each client is two sockets, one of them known by two descriptors; takes all that the process may
/// have.
absl::Status check_files(std::size_t clients) {
  constexpr std::size_t kOthers = 64;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (3 * clients + kOthers <= limit.rlim_cur) return absl::OkStatus();
  return invalid("this process may open " + std::to_string(limit.rlim_cur) +
                 " files, too few for that many clients; raise it with ulimit -n");
}

}  // namespace

absl::Status check(const Options& options) {
  using std::to_string;
  const std::string clients = to_string(options.clients) + " clients";
  if (options.clients == 0) return invalid("--clients must be at least 1");
  if (options.speakers + options.flooders + options.stalled > options.clients) {
    return invalid("--speakers, --flooders and --stalled together are more than the " + clients);
  }
  if (options.rooms == 0 || options.rooms > options.clients) {
    return invalid("--rooms must be 1 to the number of clients");
  }
  if (options.original && options.rooms > 1) {
    return invalid("--original clients know no rooms; leave --rooms out");
  }
  if (options.bytes < Stamp::kBytes || options.bytes > wire::kMaxChunkBytes) {
    return invalid("--bytes must be " + to_string(Stamp::kBytes) + " to " +
                   to_string(wire::kMaxChunkBytes));
  }
  if (!(options.stream_share >= 0 && options.stream_share <= 1)) {
    return invalid("--stream_share must be 0 to 1");
  }
  if (options.period.count() < 1000) return invalid("--period_ms must be at least 1");
  if (options.duration.count() < 100) return invalid("--seconds must be at least 0.1");
  if (options.warm_up.count() < 0) return invalid("--warm_up_seconds must not be negative");
  if (options.stall.count() < 0) return invalid("--stall_seconds must not be negative");
  if (options.threads == 0) return invalid("--threads must be at least 1");
  if (options.connect_parallel == 0) return invalid("--connect_parallel must be at least 1");
  if (!options.passcode.empty()) {
    if (absl::Status status = wire::check_passcode(options.passcode); !status.ok()) return status;
  }
  return check_files(options.clients);
}

}  // namespace comcat::load
