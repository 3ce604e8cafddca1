#include "cluster_wiring.h"

#include <ctime>
#include <utility>
#include <vector>

#include "comcat/base/address.h"

namespace comcat::server {
namespace {

base::Duration time_of_this_thread() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

ClusterOptions cluster_options(const ClusterSettings& settings, ClusterMember& member,
                               const std::string& fingerprint, int port) {
  base::Address address = settings.address;
  if (address.port == 0) address.port = static_cast<std::uint16_t>(port);
  return {.self = member.self(),
          .name = settings.node,
          .version = COMCAT_VERSION,
          .address = address.host.empty() ? "" : base::to_string(address),
          .fingerprint = fingerprint,
          .outlet = &member.outlet(),
          .busy_time = time_of_this_thread};
}

void connect(BusOutlet& outlet, Shard& shard) {
  outlet.start([&outlet, &shard] {
    shard.post([&outlet, &shard] { shard.hub().cluster()->take(outlet.take(), shard.now()); });
  });
}

void connect(ClusterTexts& texts, store::Journal* journal, Shard& shard) {
  texts.start(
      journal, journal == nullptr ? store::Followed{} : journal->followed(),
      [&shard](std::uint64_t ticket, const absl::StatusOr<std::uint64_t>& number) {
        shard.post(
            [&shard, ticket, number] { shard.hub().take_said(ticket, number, shard.now()); });
      },
      [&shard](std::vector<store::LoggedText> heard) {
        shard.post([&shard, heard = std::move(heard)]() mutable {
          std::vector<store::Answer> answers(1);
          answers.front().placed = std::move(heard);
          shard.hub().take(std::move(answers), shard.now());
        });
      });
}

}  // namespace comcat::server
