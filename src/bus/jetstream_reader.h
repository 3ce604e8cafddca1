#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "comcat/bus/jetstream.h"

#include "jetstream_line.h"

namespace comcat::bus {

/// Follows a stream on a thread of its own, over every loss of the connection, the stream's
/// consumer or the stream; and opens the line for who writes.
///
/// Threads    the owner's.
/// Ownership  options, line and counters outlive it. The line ends first.
class JetStreamReader {
 public:
  JetStreamReader(const NatsOptions& nats, const JetStreamOptions& options, JetStreamLine& line,
                  LogCounters& counters)
      : nats_(nats), options_(options), line_(line), counters_(counters) {}

  void start(LogPosition position, bool from_now, MessageLog::OnPage on_page);

 private:
  void run();
  /// Follows for as long as all is well; why it is not.
  [[nodiscard]] absl::Status follow();
  [[nodiscard]] absl::Status connect();
  [[nodiscard]] absl::StatusOr<Owned<natsSubscription>> subscribe() const;
  /// Reads from `stream` on what this has not read yet.
  void adopt(const StreamState& stream);
  [[nodiscard]] absl::Status read(natsSubscription& subscription);
  /// Whether something is there that has not come, though it had the time.
  [[nodiscard]] absl::Status look(bool& was_behind) const;
  void take(natsMsg& message, LogPage& page);
  [[nodiscard]] bool deliver(const LogPage& page);
  void tell(bool available, const std::string& why);

  const NatsOptions& nats_;
  const JetStreamOptions& options_;
  JetStreamLine& line_;
  LogCounters& counters_;
  MessageLog::OnPage on_page_;
  // The thread's alone, once it runs.
  std::shared_ptr<JetStreamSession> session_;
  LogPosition position_;
  bool from_now_ = false;
  std::optional<std::uint64_t> begun_at_;  // the last number that there was when it first read
  std::optional<std::string> told_;        // what was logged last; "" where all is well
  std::string unchanged_;
  std::jthread thread_;
};

}  // namespace comcat::bus
