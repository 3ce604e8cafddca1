#pragma once

#include <memory>
#include <string>

#include "comcat/server/metrics.h"

#include "absl/status/statusor.h"

namespace comcat::server {

/// Serves `metrics` to Prometheus over HTTP, at /metrics of its address. docs/operations.md
/// describes every figure.
/// Threads    two of its own, which only read `metrics`; that must outlive the endpoint.
class MetricsEndpoint {
 public:
  /// `address` is HOST:PORT. kInvalidArgument with one sentence where it cannot listen there.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> start(
      const std::string& address, const Metrics& metrics);
  ~MetricsEndpoint();

  [[nodiscard]] int port() const;

 private:
  class Collector;
  struct Parts;
  explicit MetricsEndpoint(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace comcat::server
