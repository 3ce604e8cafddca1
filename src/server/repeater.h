#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/datagram/congestion.h"
#include "comcat/datagram/control.h"
#include "comcat/datagram/repetition.h"
#include "comcat/server/payload.h"

namespace comcat::server {

/// Has what was sent to one listener sent again with what is sent next, while some of it is lost on
/// its way: Repetition says when. Of some KiB, and so there only while there is loss.
///
/// Threads    its shard's. No clock: `now` is an argument.
class Repeater {
 public:
  /// False where nothing is lost any more, and nobody needs it.
  [[nodiscard]] bool goes_on(double loss, base::Time now);

  /// A datagram has left; a report of what has arrived has come.
  void sent(std::uint64_t counter, base::Time now) { congestion_.sent(counter, now); }
  void told(const datagram::Report& report, base::Time now) { congestion_.told(report, now); }

  /// Puts the frames of the last datagram before those of the next, where they are wanted and all
  /// of them have room in it.
  void add_last(std::vector<Payload>& frames);

 private:
  datagram::Congestion congestion_;
  datagram::Repetition repetition_;
  bool wanted_ = false;
  std::vector<Payload> last_;
};

}  // namespace comcat::server
