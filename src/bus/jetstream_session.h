#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "comcat/bus/jetstream.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nats_handles.h"

namespace comcat::bus {

/// A connection to NATS and its JetStream. nats.c connects again by itself where it was lost.
/// Threads: any.
struct JetStreamSession {
  ~JetStreamSession();
  [[nodiscard]] bool is_connected() const {
    return natsConnection_Status(connection.get()) == NATS_CONN_STATUS_CONNECTED;
  }
  [[nodiscard]] bool is_closed() const {
    return natsConnection_Status(connection.get()) == NATS_CONN_STATUS_CLOSED;
  }

  Owned<natsConnection> connection;
  Owned<jsCtx> context;
};

/// Where a stream begins and ends.
struct StreamState {
  std::uint64_t origin = 0;  // when it was made, in ms since 1970
  std::uint64_t last = 0;    // the last number that it has given
  std::uint64_t messages = 0;
};

/// How long one question to JetStream may take.
inline constexpr std::chrono::milliseconds kJetStreamWait{1000};

/// Waits for NATS for at most some seconds. An error is why it cannot be reached, in a few words.
[[nodiscard]] absl::StatusOr<std::shared_ptr<JetStreamSession>> open_session(
    const NatsOptions& options);

/// Has there be a stream as `options` ask for. kUnavailable with a few words where there can be
/// none now. What could not be changed of one that is there is told by `unchanged`, in a few words.
[[nodiscard]] absl::StatusOr<StreamState> ensure_stream(const JetStreamSession& session,
                                                        const JetStreamOptions& options,
                                                        std::string& unchanged);
[[nodiscard]] absl::StatusOr<StreamState> stream_state(const JetStreamSession& session,
                                                       const std::string& stream);

/// Why something of nats.c's failed just now on this thread, in a few words that are safe to print.
[[nodiscard]] std::string words_of(natsStatus status);
/// Whether `error` says that nothing was kept, and that nothing will be for now.
[[nodiscard]] absl::Status failure(natsStatus status, jsErrCode error);

}  // namespace comcat::bus
