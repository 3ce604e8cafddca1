#include "comcat/base/thread_priority.h"

#include <atomic>

#include <sched.h>

namespace comcat::base {
namespace {

constexpr int kPriority = 5;  // below JACK's and PipeWire's own

std::atomic<int> asked{0};
std::atomic<int> granted{0};

/// Asked of the kernel: glibc believes that priority has been inherited.
bool has_it_already() {
  const int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  return policy == SCHED_FIFO || policy == SCHED_RR;
}

bool get_it() {
  sched_param parameters{};
  parameters.sched_priority = kPriority;
  return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
}

}  // namespace

bool ask_for_realtime_priority() {
  asked.fetch_add(1, std::memory_order_relaxed);
  const bool got = has_it_already() || get_it();
  if (got) granted.fetch_add(1, std::memory_order_relaxed);
  return got;
}

RealtimeThreads realtime_threads() {
  return {asked.load(std::memory_order_relaxed), granted.load(std::memory_order_relaxed)};
}

}  // namespace comcat::base
