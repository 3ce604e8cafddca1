#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/base/wake_event.h"
#include "comcat/bus/carrier.h"
#include "comcat/bus/peers.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::bus {

class AgeMeter;
class Outbox;
class Requests;

/// Something that another bus has published.
struct Message {
  std::string subject;
  std::string bytes;
  std::uint64_t sender = 0;   // the other's number, new at each of its starts
  std::uint64_t request = 0;  // what an answer refers to; 0: none is wanted
  base::Time arrived{};
  base::Duration age{};  // how much longer it was under way than the fastest of the sender's
};

/// What a bus has done. Threads: any.
struct Counters {
  using Counter = std::atomic<std::uint64_t>;
  Counter messages_out{0};
  Counter bytes_out{0};
  Counter messages_in{0};
  Counter bytes_in{0};
  Counter late_out{0};    // not sent: too old, or too much waited before it
  Counter late_in{0};     // too old when it arrived
  Counter foreign{0};     // arrived, and was nothing that a bus sends
  Counter overflowed{0};  // times that what arrived was dropped, because too much waited
  Counter reconnects{0};
};

/// How the servers of one cluster, or the parts of one, speak to each other: by subject, to
/// whoever listens, without a promise that it arrives. Soft state: what matters is said again.
///
/// Publishing  never waits. What cannot leave is kept in an outbox, for no longer than it is worth
///             anything and no more than Outbox::kMaxBytes, and leaves where the connection comes
///             back within that time. Nothing is given to the carrier but while it is connected.
/// Age         each message carries its sender's clock. How long the fastest of the last minute
///             took is taken for the way itself; what took longer is its age.
/// Callbacks   messages and answers come on one thread of the bus's, one at a time; deadlines and
///             connection news on another. They must not wait, and may call the bus.
/// Threads     any.
class Bus {
 public:
  using OnMessage = std::function<void(const Message&)>;
  using OnAnswer = std::function<void(const absl::StatusOr<std::string>&)>;
  using OnConnection = std::function<void(bool connected)>;
  static constexpr std::size_t kMaxMessageBytes = 512 * 1024;
  static constexpr std::chrono::seconds kMaxAge{60};  // of what is worth having however old it is

  /// `prefix` stands before every subject, so that clusters on one network do not hear each other;
  /// words of lower-case letters, digits and dashes with dots between them.
  Bus(std::string prefix, std::unique_ptr<Carrier> carrier, OnConnection on_connection = {});
  /// Sends what can leave at once. No callback runs any more once it returns.
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  /// Sends `bytes` (at most kMaxMessageBytes) to whoever is subscribed to `subject`, but not to
  /// this bus. Nobody wants it any more after `lifetime`.
  void publish(const std::string& subject, std::string bytes, base::Duration lifetime);

  /// Has `on_message` called for what others publish to `subject`, unless it is older than
  /// `max_age`. In place of one that was there for this subject.
  void subscribe(const std::string& subject, OnMessage on_message,
                 base::Duration max_age = kMaxAge);
  /// It may still be called once, where it is being called already.
  void unsubscribe(const std::string& subject);

  /// Asks whoever is subscribed to `subject`. `on_answer` is called once: with the first answer, or
  /// with kDeadlineExceeded after `patience`; never where the bus ends before.
  void request(const std::string& subject, std::string bytes, base::Duration patience,
               OnAnswer on_answer);
  /// Answers a message that is a request. The answer is given up when it is older than `lifetime`.
  void answer(const Message& request, std::string bytes, base::Duration lifetime);

  [[nodiscard]] bool is_connected() const { return carrier_->is_connected(); }
  /// What others know this bus by: random, never 0.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] const Counters& counters() const { return *counters_; }
  /// The same for whoever outlives the bus.
  [[nodiscard]] std::shared_ptr<const Counters> shared_counters() const { return counters_; }
  [[nodiscard]] std::shared_ptr<Peers> shared_peers() const { return peers_; }

 private:
  class Inlet;
  struct Subscription {
    OnMessage on_message;
    base::Duration max_age;
  };
  struct Change {
    bool wanted;
    std::string subject;
  };

  void post(const std::string& subject, std::string bytes, base::Duration lifetime);
  void change(bool wanted, const std::string& subject) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void arrive(std::string_view subject, std::string_view bytes, base::Time now);
  void deliver(const Message& message);
  void run();
  /// Does what is due; when the next is, unless woken before.
  base::Time step(base::Time now);
  void make_changes();
  void send_waiting(base::Time now);
  void tell_connection();
  [[nodiscard]] std::string full(const std::string& subject) const;

  const std::string prefix_;
  const std::uint64_t number_;
  const OnConnection on_connection_;
  const std::unique_ptr<Carrier> carrier_;
  const std::unique_ptr<Inlet> inlet_;
  base::WakeEvent wake_;
  const std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  const std::shared_ptr<Peers> peers_ = std::make_shared<Peers>();
  std::unique_ptr<AgeMeter> ages_;  // the carrier's thread alone
  bool told_connected_ = false;     // the writer's alone
  absl::Mutex mutex_;
  std::unique_ptr<Outbox> outbox_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Requests> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<Change> changes_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<const Subscription>, std::less<>> subscriptions_
      ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread writer_;
};

}  // namespace comcat::bus
