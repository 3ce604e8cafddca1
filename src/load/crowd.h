#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "comcat/load/listener.h"
#include "comcat/load/options.h"
#include "comcat/load/report.h"
#include "comcat/load/window.h"
#include "comcat/transport/failure.h"
#include "comcat/transport/trust.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "client.h"
#include "receiver.h"

namespace comcat::load {

/// All clients of one measurement and the threads that receive for them.
/// Threads    the one that measures, but for client(), which the speakers use too.
class Crowd final : private Observer {
 public:
  Crowd(const Options& options, Window& window);
  ~Crowd() override;

  /// Lets one in, then the others, a bounded number at a time. An error where somebody does not get
  /// in.
  [[nodiscard]] absl::Status join(const std::function<void(const std::string&)>& progress);

  /// Waits until the news of who joined has gone round.
  void settle();

  [[nodiscard]] Client& client(std::size_t index) { return *clients_[index]; }
  [[nodiscard]] std::uint64_t max_speakers() const ABSL_LOCKS_EXCLUDED(mutex_);
  [[nodiscard]] std::uint64_t delivered() const;
  [[nodiscard]] std::vector<std::chrono::nanoseconds> thread_cpu();

  void flood();   // the flooders begin
  void stall();   // the last `stalled` clients stop reading
  void resume();  // and begin again

  /// Everyone leaves; the threads end.
  void leave();

  /// Adds what was heard. After leave().
  void add_to(Report& report) const;

 private:
  void joined(std::size_t client, const wire::Welcome& welcome) override
      ABSL_LOCKS_EXCLUDED(mutex_);
  void ended(std::size_t client, bool welcomed, const absl::Status& status) override
      ABSL_LOCKS_EXCLUDED(mutex_);

  [[nodiscard]] std::size_t first_stalled() const { return options_.clients - options_.stalled; }
  [[nodiscard]] std::size_t first_flooder() const { return first_stalled() - options_.flooders; }
  [[nodiscard]] Client::Seat seat(std::size_t index) const;
  [[nodiscard]] bool takes_datagrams(std::size_t index) const;
  [[nodiscard]] const base::Address& address_of(std::size_t index) const;
  [[nodiscard]] transport::StreamEnd end_of_call(std::size_t client) const;
  [[nodiscard]] absl::Status explain(const transport::StreamEnd& end, std::size_t in) const;
  [[nodiscard]] bool await_end(std::chrono::seconds patience) ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  const Window& window_;
  const std::shared_ptr<transport::CertificateJudge> judge_;  // may be null
  std::vector<std::unique_ptr<Receiver>> receivers_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t started_ = 0;

  mutable absl::Mutex mutex_;
  std::size_t joined_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t ended_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t lost_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t flooders_lost_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t stalled_lost_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t max_speakers_ ABSL_GUARDED_BY(mutex_) = 0;
  bool leaving_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<transport::StreamEnd> failure_ ABSL_GUARDED_BY(mutex_);  // the first
};

}  // namespace comcat::load
