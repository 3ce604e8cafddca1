#pragma once

namespace comcat::transport {

/// Where a client's stream stands.
enum class StreamPhase {
  kWaiting,      // for the next attempt at a call
  kConnecting,   // name, TCP and TLS
  kGreeting,     // the hello is out, the welcome is not here
  kEstablished,  // welcome: both sides speak
  kLeaving,      // what is queued goes out, then the goodbye
  kGoodbye,      // ours is said; the server's last words come in
  kGivenUp,      // cancelled, as no welcome came in time
  kForeign,      // cancelled, as what answers is no comcat server
  kHungUp,       // cancelled by its owner, or after a goodbye that took too long
  kClosed,       // over
};

/// True where a stream may go from the one phase to the other in one step. Threads: any.
[[nodiscard]] bool may_follow(StreamPhase from, StreamPhase to);

}  // namespace comcat::transport
