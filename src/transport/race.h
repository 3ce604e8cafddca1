#pragma once

#include <atomic>
#include <chrono>
#include <vector>

#include <sys/socket.h>

#include "absl/status/statusor.h"

/// Several addresses of one server, some of which lead nowhere: RFC 8305 ("Happy Eyeballs").
/// Threads: any.
namespace comcat::transport {

/// The address of a socket, as the system has it.
struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] static Endpoint of(const ::sockaddr* address, socklen_t size);
  [[nodiscard]] const ::sockaddr* sockaddr() const {
    return reinterpret_cast<const ::sockaddr*>(&storage);
  }
};

/// How long an address is waited for before the next is tried beside it (section 5).
inline constexpr std::chrono::milliseconds kAttemptDelay{250};

/// The families in turn, beginning with that of the first; each in its order (section 4).
[[nodiscard]] std::vector<Endpoint> interleaved(const std::vector<Endpoint>& endpoints);

/// The first that takes a TCP connection, which is closed again. One is tried every kAttemptDelay,
/// or as soon as the one before has failed; those that were tried go on. kUnavailable with the
/// system's words where each has failed; kCancelled, soon, once `abandoned` is true.
[[nodiscard]] absl::StatusOr<Endpoint> first_to_answer(const std::vector<Endpoint>& endpoints,
                                                       const std::atomic<bool>& abandoned);

}  // namespace comcat::transport
