// What it costs that sound devices are used from a process of their own: the time that a block of
// samples takes from one process to the other through a SharedStream. docs/performance.md has what
// came of it.

#include <array>
#include <chrono>
#include <csignal>

#include <benchmark/benchmark.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comcat/audio/frame.h"

#include "audio/shared_stream.h"

namespace comcat::audio {
namespace {

constexpr std::chrono::seconds kPatience{10};

void pass(SharedStream& stream, const Block& block) {
  stream.ring.write(block);
  stream.post();
}

void receive(SharedStream& stream, Block& block) {
  while (stream.ring.read(block) == 0) stream.wait(kPatience);
}

/// A block of 10 ms goes to the other process and comes back: two ways.
void there_and_back(benchmark::State& state) {
  const auto there = SharedStreamMemory::create();
  const auto back = SharedStreamMemory::create();
  if (!there.ok() || !back.ok()) return state.SkipWithError("no memory");
  Block block{};
  const pid_t other = fork();
  if (other == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
      receive(**there, block);
      pass(**back, block);
    }
  }
  for (auto _ : state) {
    pass(**there, block);
    receive(**back, block);
  }
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
}
BENCHMARK(there_and_back)->Name("a block to another process and back")->UseRealTime();

}  // namespace
}  // namespace comcat::audio

BENCHMARK_MAIN();
