#pragma once

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "comcat/base/file_descriptor.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "datagram_end.h"

namespace comcat::load {

/// The thread that receives datagrams for some of the callers; it begins with the first of them.
/// Threads    add() and stop() from any; cpu() from the owner's.
class DatagramReceiver {
 public:
  DatagramReceiver();
  ~DatagramReceiver();
  DatagramReceiver(const DatagramReceiver&) = delete;
  DatagramReceiver& operator=(const DatagramReceiver&) = delete;

  void add(std::shared_ptr<DatagramEnd> end) ABSL_LOCKS_EXCLUDED(mutex_);
  [[nodiscard]] std::chrono::nanoseconds cpu() ABSL_LOCKS_EXCLUDED(mutex_);

  /// Serves nobody any more.
  void stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  static constexpr int kTickMs = 20;  // how late a probe or a report may be

  void run(const std::stop_token& stop);

  const base::FileDescriptor epoll_;
  absl::Mutex mutex_;
  std::vector<std::shared_ptr<DatagramEnd>> ends_ ABSL_GUARDED_BY(mutex_);
  std::jthread thread_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::load
