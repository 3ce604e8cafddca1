#include "receiver.h"

#include <ctime>

#include <pthread.h>

#include "comcat/rpc/completion.h"

namespace comcat::load {

std::chrono::nanoseconds cpu_of(std::thread::native_handle_type thread) {
  clockid_t clock{};
  timespec cpu{};
  if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &cpu) != 0) return {};
  return std::chrono::seconds(cpu.tv_sec) + std::chrono::nanoseconds(cpu.tv_nsec);
}

Receiver::Receiver() : thread_([this] { run(); }) {}

Receiver::~Receiver() {
  join();
}

void Receiver::run() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) static_cast<rpc::Completion*>(tag)->complete(ok);
}

std::chrono::nanoseconds Receiver::cpu() {
  return thread_.joinable() ? cpu_of(thread_.native_handle()) : std::chrono::nanoseconds(0);
}

void Receiver::join() {
  datagrams_.stop();
  if (!thread_.joinable()) return;
  queue_.Shutdown();
  thread_.join();
}

}  // namespace comcat::load
