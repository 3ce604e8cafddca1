#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::server {

/// One connection, as the table of connections sees it. Threads: one at a time.
class Line {
 public:
  virtual ~Line() = default;
  /// False once it has ended, whoever ended it.
  [[nodiscard]] virtual bool is_open() const = 0;
  /// What its peer has sent that arrived here, read or not.
  [[nodiscard]] virtual std::uint64_t bytes_received() const = 0;
  /// The size of what its peer sends before it waits for an answer, once that is all there.
  [[nodiscard]] virtual std::optional<std::size_t> first_flight() const = 0;
  /// How long it is to the peer and back.
  [[nodiscard]] virtual base::Duration round_trip() const = 0;
  /// For how long it has been the peer's turn to say something: what was sent to it has arrived,
  /// and nothing has come since. Zero where it is not, or nothing was ever sent.
  [[nodiscard]] virtual base::Duration peers_turn() const = 0;
  /// Gives it to gRPC, with at most so many bytes of its peer's from its beginning, and one more
  /// that tells of the others. False, and not given, where more than that has come already.
  [[nodiscard]] virtual bool hand_over(std::uint64_t max_bytes) = 0;
  /// True while a caller who was admitted has a stream of it.
  [[nodiscard]] virtual bool has_caller() const = 0;
  /// Ends it in both directions; it may be closed already.
  virtual void cut() = 0;
};

}  // namespace comcat::server
