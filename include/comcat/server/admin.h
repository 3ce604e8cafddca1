#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::server {

/// Serves proto/admin.proto on a Unix socket: for whoever runs the server, and root.
///
/// Threads    two of its own: one accepts, one waits for gRPC while somebody is connected. `act` is
///            called on the second.
/// Errors     one sentence.
class AdminEndpoint {
 public:
  /// What there is to say of it, or one sentence of why not.
  using Answer = absl::StatusOr<std::string>;
  /// Does what words ask for and calls `done` once, on any thread, perhaps only after the endpoint
  /// has ended.
  using Act = std::function<void(std::string words, std::function<void(const Answer&)> done)>;

  /// Makes the socket `path` with mode 0600, in the place of one that nobody listens on. Whatever
  /// else is there stays, and is an error.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<AdminEndpoint>> start(const std::string& path,
                                                                            Act act);
  /// Removes the socket, and lets whoever has asked be answered within half a second; who is not is
  /// told that the server ends.
  ~AdminEndpoint();

 private:
  struct Parts;
  explicit AdminEndpoint(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// Asks the server that listens on the socket `path`: kUnavailable where none does, else what it
/// answers. Waits for at most 10 s. Threads: any.
[[nodiscard]] absl::StatusOr<std::string> ask_admin(const std::string& path,
                                                    const std::string& words);

}  // namespace comcat::server
