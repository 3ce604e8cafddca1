#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "comcat/bus/message_log.h"
#include "comcat/bus/nats.h"

namespace comcat::bus {

struct JetStreamOptions {
  std::string stream;           // its name: letters, digits, - and _
  std::string subject;          // before the entries' topics: words with dots between them
  int replicas = 1;             // 1 or 3, each on a server of NATS of its own
  std::chrono::hours keep{24};  // at least 1
  std::uint64_t max_bytes = 256UL * 1024 * 1024;  // beyond it the oldest go earlier
};

/// A log that NATS keeps, in a stream of JetStream's. It makes the stream where there is none, and
/// changes how long and how often it is kept to what is asked for; a stream of that name that was
/// made for something else it leaves alone, and is then not available. What it finds is logged when
/// it changes.
///
/// Numbers    the origin and the number that the entry has in the stream. So they only ever rise,
///            also where the stream was lost and made anew.
/// Threads    two of its own, which alone wait for NATS, and those of nats.c.
[[nodiscard]] std::unique_ptr<MessageLog> make_jetstream_log(NatsOptions nats,
                                                             JetStreamOptions options);

}  // namespace comcat::bus
