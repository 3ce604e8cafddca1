#include "audio/step_thread.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include <pthread.h>

namespace comcat::audio {
namespace {

void run(const std::stop_token& stop, const Step& step) {
  std::mutex mutex;  // guards nothing: a wait needs one
  std::condition_variable_any stopped;
  while (!stop.stop_requested()) {
    const std::optional<base::Time> next = step(base::steady_now());
    if (!next) return;
    std::unique_lock<std::mutex> lock(mutex);
    stopped.wait_until(lock, stop, *next, [] { return false; });
  }
}

}  // namespace

std::jthread run_steps(const char* thread_name, Step step) {
  return std::jthread([thread_name, step = std::move(step)](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), thread_name);
    run(stop, step);
  });
}

}  // namespace comcat::audio
