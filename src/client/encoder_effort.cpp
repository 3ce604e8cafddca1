#include "comcat/client/encoder_effort.h"

namespace comcat::client {

void EncoderEffort::note(Duration cpu, Duration length) {
  cpu_ += cpu;
  length_ += length;
  if (length_ < kLook) return;
  share_ = static_cast<double>(cpu_.count()) / static_cast<double>(length_.count());
  judge();
  cpu_ = length_ = Duration(0);
}

void EncoderEffort::judge() {
  if (share_ > kMostShare) {
    if (reduced_ < kSteps) ++reduced_;
    if (tries_) wanted_calm_ = std::min<Duration>(2 * wanted_calm_, kLongestCalm);
    tries_ = false;
    calm_ = Duration(0);
    return;
  }
  calm_ = share_ < kCalmShare ? calm_ + length_ : Duration(0);
  if (reduced_ == 0 || calm_ < wanted_calm_) return;
  --reduced_;
  tries_ = true;
  calm_ = Duration(0);
}

}  // namespace comcat::client
