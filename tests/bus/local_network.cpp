#include "bus/local_network.h"

#include <atomic>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::bus {

/// Who is joined, and to what they are subscribed.
class LocalNetwork::Exchange {
 public:
  void add(Joined& joined) ABSL_LOCKS_EXCLUDED(mutex_);
  void remove(Joined& joined) ABSL_LOCKS_EXCLUDED(mutex_);
  void set_up(bool up) ABSL_LOCKS_EXCLUDED(mutex_);
  [[nodiscard]] bool is_up() const { return up_; }
  [[nodiscard]] std::uint64_t returns() const { return returns_; }
  bool send(const Joined& from, const std::string& subject, const std::string& bytes)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void subscribe(Joined& who, const std::string& subject) ABSL_LOCKS_EXCLUDED(mutex_);
  void unsubscribe(Joined& who, const std::string& subject) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Mutex mutex_;
  std::set<Joined*> joined_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::set<Joined*>> subscribed_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> up_ = true;
  std::atomic<std::uint64_t> returns_ = 0;
};

class LocalNetwork::Joined final : public Carrier {
 public:
  explicit Joined(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~Joined() override { stop(); }

  void start(Receiver& receiver) override {
    receiver_ = &receiver;
    deliverer_ = std::jthread([this] { deliver_until_stopped(); });
    exchange_->add(*this);
    receiver.connection_changed();
  }

  void stop() override {
    if (receiver_ == nullptr) return;
    exchange_->remove(*this);
    {
      const absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    deliverer_.join();
    receiver_ = nullptr;
  }

  [[nodiscard]] bool is_connected() const override { return exchange_->is_up(); }
  [[nodiscard]] std::uint64_t reconnects() const override { return exchange_->returns(); }
  [[nodiscard]] bool send(const std::string& subject, const std::string& bytes) override {
    return exchange_->send(*this, subject, bytes);
  }
  void subscribe(const std::string& subject) override { exchange_->subscribe(*this, subject); }
  void unsubscribe(const std::string& subject) override { exchange_->unsubscribe(*this, subject); }

  void take(const std::string& subject, const std::string& bytes) {
    const absl::MutexLock lock(&mutex_);
    if (waiting_.size() < kMaxWaiting) {
      waiting_.emplace_back(subject, bytes);
    } else {
      receiver_->overflowed();
    }
  }
  void tell_changed() { receiver_->connection_changed(); }

 private:
  void deliver_until_stopped() {
    for (;;) {
      std::deque<std::pair<std::string, std::string>> batch;
      {
        const absl::MutexLock lock(&mutex_);
        mutex_.Await(absl::Condition(
            +[](Joined* self) ABSL_NO_THREAD_SAFETY_ANALYSIS {
              return self->stopping_ || !self->waiting_.empty();
            },
            this));
        if (stopping_) return;
        batch.swap(waiting_);
      }
      for (const auto& [subject, bytes] : batch) receiver_->arrive(subject, bytes);
    }
  }

  const std::shared_ptr<Exchange> exchange_;
  Receiver* receiver_ = nullptr;
  absl::Mutex mutex_;
  std::deque<std::pair<std::string, std::string>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread deliverer_;
};

void LocalNetwork::Exchange::add(Joined& joined) {
  const absl::MutexLock lock(&mutex_);
  joined_.insert(&joined);
}

void LocalNetwork::Exchange::remove(Joined& joined) {
  const absl::MutexLock lock(&mutex_);
  joined_.erase(&joined);
  for (auto& [subject, subscribed] : subscribed_) subscribed.erase(&joined);
}

void LocalNetwork::Exchange::set_up(bool up) {
  const absl::MutexLock lock(&mutex_);
  if (up_.exchange(up) == up) return;
  if (up) ++returns_;
  for (Joined* const joined : joined_) joined->tell_changed();
}

bool LocalNetwork::Exchange::send(const Joined& from, const std::string& subject,
                                  const std::string& bytes) {
  const absl::MutexLock lock(&mutex_);
  if (!up_) return false;
  const auto found = subscribed_.find(subject);
  if (found == subscribed_.end()) return true;
  for (Joined* const to : found->second) {
    if (to != &from) to->take(subject, bytes);
  }
  return true;
}

void LocalNetwork::Exchange::subscribe(Joined& who, const std::string& subject) {
  const absl::MutexLock lock(&mutex_);
  subscribed_[subject].insert(&who);
}

void LocalNetwork::Exchange::unsubscribe(Joined& who, const std::string& subject) {
  const absl::MutexLock lock(&mutex_);
  const auto found = subscribed_.find(subject);
  if (found == subscribed_.end()) return;
  found->second.erase(&who);
  if (found->second.empty()) subscribed_.erase(found);
}

LocalNetwork::LocalNetwork() : exchange_(std::make_shared<Exchange>()) {}
LocalNetwork::~LocalNetwork() = default;

std::unique_ptr<Carrier> LocalNetwork::join() {
  return std::make_unique<Joined>(exchange_);
}

void LocalNetwork::set_up(bool up) {
  exchange_->set_up(up);
}

}  // namespace comcat::bus
