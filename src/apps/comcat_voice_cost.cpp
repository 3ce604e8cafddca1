// What 10 ms of a microphone take on the way to packets: all the stages, and Opus, beside others
// who are heard and come back from a loudspeaker. By the CPU clock of the thread, so what else the
// machine does hardly counts. scripts/bench-client prints it.
//
//     comcat-voice-cost NEAR FAR    two sound files: who speaks, and who is heard

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "comcat/audio/sound_reader.h"
#include "comcat/base/cpu_clock.h"
#include "comcat/client/capture_chain.h"
#include "comcat/client/voice_stages.h"
#include "comcat/codec/encoder.h"

namespace {

using comcat::audio::kBlockDuration;
using comcat::audio::kBlockSamples;
using Samples = std::vector<float>;

constexpr std::size_t kEchoSamples = 60 * kBlockSamples / 10;  // 60 ms
constexpr float kEcho = 0.3F;                                  // -10 dB
constexpr std::size_t kLeastBlocks = 1000;

/// All of the file; empty where there is none.
Samples read(const char* path) {
  auto reader = comcat::audio::SoundReader::open(path);
  if (!reader.ok()) {
    std::fprintf(stderr, "comcat-voice-cost: %s\n", std::string(reader.status().message()).c_str());
    return {};
  }
  Samples samples;
  Samples part(kBlockSamples);
  for (std::size_t count = 0; (count = reader->read(part)) > 0;) {
    samples.insert(samples.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return samples;
}

/// What the encode thread takes for each block, in milliseconds.
std::vector<double> steps(const Samples& near, const Samples& far) {
  using comcat::client::Activation;
  comcat::client::VoiceStages stages;
  auto encoder = comcat::codec::Encoder::create({});
  const auto status = stages.change({.echo = true,
                                     .noise = comcat::voice::Noise::kLow,
                                     .gain = comcat::voice::Gain{.adaptive = true, .fixed_db = 0},
                                     .activation = Activation::kVoice});
  if (!encoder.ok() || !status.ok()) return {};
  comcat::client::CaptureChain chain(*std::move(encoder), stages,
                                     [](const comcat::wire::VoicePacket&) {});
  std::vector<double> out;
  comcat::base::Time now{std::chrono::hours(1)};
  const std::size_t blocks = std::min(near.size(), far.size()) / kBlockSamples;
  for (std::size_t i = 0; i < blocks; ++i, now += kBlockDuration) {
    const std::size_t at = i * kBlockSamples;
    stages.far_end().play(std::span(far).subspan(at, kBlockSamples));
    stages.far_end().took({now});
    comcat::client::CapturedBlock block{.position = at, .at = now};
    for (std::size_t s = 0; s < kBlockSamples; ++s) {
      const float echo = at + s < kEchoSamples ? 0 : kEcho * far[at + s - kEchoSamples];
      block.samples[s] = near[at + s] + echo;
    }
    const auto before = comcat::base::thread_cpu_time();
    chain.take(block, /*muted=*/false);
    const std::chrono::duration<double, std::milli> used = comcat::base::thread_cpu_time() - before;
    out.push_back(used.count());
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: comcat-voice-cost NEAR FAR, two sound files of 10 s or more\n", stderr);
    return 2;
  }
  std::vector<double> all = steps(read(argv[1]), read(argv[2]));
  if (all.size() < kLeastBlocks) {
    std::fputs("comcat-voice-cost: give two sound files of 10 s or more\n", stderr);
    return 1;
  }
  std::sort(all.begin(), all.end());
  const auto quantile = [&](double share) {
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
  };
  std::printf(
      "10 ms of the microphone: p50 %.2f ms, p99 %.2f, p99.9 %.2f, most %.2f of %zu steps\n",
      quantile(0.5), quantile(0.99), quantile(0.999), all.back(), all.size());
}
