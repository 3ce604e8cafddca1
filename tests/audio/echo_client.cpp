// A program with a microphone and a speaker on the default device that plays what it hears, until
// its standard input ends, and then says how many samples its speaker missed: the smallest thing
// that stands in JACK as a client does.

#include <cstdio>
#include <memory>

#include "comcat/audio/device_process.h"
#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/base/spsc_ring.h"

namespace comcat::audio {
namespace {

class Echo final : public CaptureHandler, public RenderHandler {
 public:
  void on_captured(std::span<const float> samples) noexcept override {
    for (const float sample : samples) {
      if (!ring_.push(sample)) return;
    }
  }
  void on_render(std::span<float> samples) noexcept override {
    for (float& sample : samples) {
      if (!ring_.pop(sample)) sample = 0;
    }
  }

 private:
  base::SpscRing<float> ring_{48'000};
};

int run() {
  Echo echo;
  const auto source = make_source("");
  const auto sink = make_sink("");
  if (!source.ok() || !sink.ok()) return 1;
  if (!(*source)->start(echo, nullptr).ok() || !(*sink)->start(echo, nullptr).ok()) return 1;
  while (std::getchar() != EOF) {
  }
  std::printf("%llu\n", static_cast<unsigned long long>((*sink)->figures().missed_samples));
  (*source)->stop();
  (*sink)->stop();
  return 0;
}

}  // namespace
}  // namespace comcat::audio

int main(int argc, char** argv) {
  if (comcat::audio::is_device_process(argc, argv)) return comcat::audio::run_device_process();
  return comcat::audio::run();
}
