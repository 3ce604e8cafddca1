#pragma once

#include <memory>
#include <string>

#include "comcat/server/metrics.h"

#include "absl/status/statusor.h"

namespace comcat::server {

/// Serves `metrics` to Prometheus over HTTP, at /metrics of its address, one request a connection.
/// docs/operations.md describes every figure. Nobody has to authenticate, so connections are few
/// and shared between addresses: whoever says nothing, or comes in crowds, delays no scrape.
///
/// Threads    one of its own, libmicrohttpd's, which only reads `metrics`; that must outlive the
///            endpoint.
class MetricsEndpoint {
 public:
  /// `address` is HOST:PORT. kInvalidArgument or kUnavailable with one sentence where it cannot
  /// listen there.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> start(
      const std::string& address, const Metrics& metrics);
  ~MetricsEndpoint();

  [[nodiscard]] int port() const;

 private:
  struct Parts;
  explicit MetricsEndpoint(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace comcat::server
