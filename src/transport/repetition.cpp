#include "comcat/transport/repetition.h"

namespace comcat::transport {

bool Repetition::wanted(double loss, bool congested, base::Time now) {
  if (loss >= (repeats_ ? kEnd : kBegin)) {
    repeats_ = true;
    lossy_at_ = now;
  } else if (now - lossy_at_ >= kGivenBackAfter) {
    repeats_ = false;
  }
  return repeats_ && !congested;
}

}  // namespace comcat::transport
