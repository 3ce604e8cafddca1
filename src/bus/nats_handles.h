#pragma once

#include <memory>

#include <nats/nats.h>

#include "comcat/bus/nats.h"

namespace comcat::bus {

struct NatsDeleter {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
  void operator()(natsConnection* connection) const { natsConnection_Destroy(connection); }
  void operator()(natsSubscription* subscription) const { natsSubscription_Destroy(subscription); }
  void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
  void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
  void operator()(jsStreamInfo* info) const { jsStreamInfo_Destroy(info); }
  void operator()(jsPubAck* ack) const { jsPubAck_Destroy(ack); }
  void operator()(jsMsgMetaData* data) const { jsMsgMetaData_Destroy(data); }
};

/// What nats.c has made, and is to be given back to it.
template <typename T>
using Owned = std::unique_ptr<T, NatsDeleter>;

/// Sets what every connection has: where to, as whom, and that no call waits for longer than it
/// may. Threads: any.
[[nodiscard]] natsStatus set_connection(natsOptions* options, const NatsOptions& wanted);

}  // namespace comcat::bus
