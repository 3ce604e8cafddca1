#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "comcat/bus/carrier.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::bus {

struct NatsOptions {
  std::vector<std::string> urls;  // nats://HOST:PORT or tls://HOST:PORT
  std::string credentials{};      // a file of nsc's, or one with a user's JWT and seed; empty: none
  std::string ca{};               // a PEM file of whom TLS trusts; empty: the system's
  std::string name{};             // as NATS shows the connection
};

/// The URLs in a list with commas between them. kInvalidArgument with one sentence where one is
/// none, or holds a user or password.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> parse_nats_urls(const std::string& list);

/// Carries over NATS. It goes on trying to connect for as long as it lives, whatever the reason.
///
/// Threads    those of nats.c: one that reads, one that hands out what came, and timers.
[[nodiscard]] std::unique_ptr<Carrier> make_nats_carrier(NatsOptions options);

/// How long one call may write to a server that does not read.
inline constexpr std::chrono::milliseconds kWriteDeadline{200};

}  // namespace comcat::bus
