#include "comcat/datagram/repetition.h"

namespace comcat::datagram {

bool Repetition::wanted(double loss, bool congested, base::Time now) {
  if (loss >= (lossy_ ? kEnd : kBegin)) {
    lossy_ = true;
    lossy_at_ = now;
  } else if (now - lossy_at_ >= kGivenBackAfter) {
    lossy_ = false;
  }
  return lossy_ && !congested;
}

}  // namespace comcat::datagram
