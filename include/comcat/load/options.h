#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <sys/types.h>

#include "comcat/base/address.h"

#include "absl/status/status.h"

namespace comcat::load {

/// One measurement: who connects where, who speaks, for how long.
///
/// Client i sits in room i % rooms. The first `speakers` clients speak, their phases spread evenly
/// over the period; everyone listens. Once the measurement begins, the last `stalled` clients stop
/// reading and the `flooders` before them send all that their connection takes.
/// Threads: a plain value.
struct Options {
  base::Address address;           // of the server
  base::Address speakers_address;  // of the one that the speakers connect to
  std::string passcode;            // empty: none is sent
  bool insecure = false;
  std::string trust;  // "SHA256:..."; empty: whatever certificate the server has

  std::size_t clients = 10;
  std::size_t speakers = 1;
  std::size_t rooms = 1;
  std::size_t bytes = 80;  // of each voice chunk
  std::chrono::microseconds period{20'000};
  std::chrono::milliseconds warm_up{1'000};
  std::chrono::milliseconds duration{10'000};
  bool original = false;  // com_municat's protocol: one frame a message, no rooms, no levels

  bool datagrams = true;    // takes the server's offer of them
  double stream_share = 0;  // of the clients, 0 to 1: they do without all the same

  bool hold = true;  // window updates, as comcat-client does (transport/write_hold.h)

  std::size_t flooders = 0;
  std::size_t stalled = 0;
  std::chrono::milliseconds stall{0};  // 0: to the end

  std::size_t threads = 1;            // that receive
  std::size_t connect_parallel = 16;  // handshakes under way at a time, once one is in
  pid_t server_pid = 0;               // 0: not on this machine
};

/// kInvalidArgument with one sentence where the numbers contradict each other, or where gRPC cannot
/// carry the passcode. Threads: any.
[[nodiscard]] absl::Status check(const Options& options);

}  // namespace comcat::load
