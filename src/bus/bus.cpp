#include "comcat/bus/bus.h"

#include <algorithm>
#include <cerrno>
#include <random>
#include <utility>

#include <poll.h>

#include "age_meter.h"
#include "envelope.h"
#include "outbox.h"
#include "requests.h"

namespace comcat::bus {
namespace {

/// How often the carrier is tended, at least.
constexpr std::chrono::milliseconds kTending{250};
constexpr const char* kAnswers = "answer.";

std::uint64_t random_number() {
  std::random_device entropy;
  std::uint64_t number = 0;
  while (number == 0) number = (std::uint64_t{entropy()} << 32) | entropy();
  return number;
}

std::string answers_to(std::uint64_t sender) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string out = kAnswers;
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(sender >> shift) & 0xF];
  return out;
}

std::int64_t stamp(base::Time now) {
  return std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
}

void wait_until(base::Time when, base::WakeEvent& wake) {
  const base::Duration left =
      std::clamp<base::Duration>(when - base::steady_now(), base::Duration::zero(), kTending);
  pollfd ready{wake.fd(), POLLIN, 0};
  const timespec patience{0, std::chrono::duration_cast<std::chrono::nanoseconds>(left).count()};
  if (ppoll(&ready, 1, &patience, nullptr) > 0) wake.clear();
}

}  // namespace

/// What the carrier knows of the bus.
class Bus::Inlet final : public Carrier::Receiver {
 public:
  explicit Inlet(Bus& bus) : bus_(bus) {}
  void arrive(std::string_view subject, std::string_view bytes) override {
    bus_.arrive(subject, bytes, base::steady_now());
  }
  void connection_changed() override { bus_.wake_.set(); }
  void overflowed() override { bus_.counters_->overflowed.fetch_add(1); }

 private:
  Bus& bus_;
};

Bus::Bus(std::string prefix, std::unique_ptr<Carrier> carrier, OnConnection on_connection)
    : prefix_(std::move(prefix)),
      number_(random_number()),
      on_connection_(std::move(on_connection)),
      carrier_(std::move(carrier)),
      inlet_(std::make_unique<Inlet>(*this)),
      ages_(std::make_unique<AgeMeter>()),
      outbox_(std::make_unique<Outbox>()),
      requests_(std::make_unique<Requests>()) {
  subscribe(answers_to(number_), [](const Message&) {});
  writer_ = std::jthread([this] { run(); });
}

Bus::~Bus() {
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  wake_.set();
  writer_.join();
}

std::string Bus::full(const std::string& subject) const {
  return prefix_ + "." + subject;
}

// ---- from any thread

void Bus::publish(const std::string& subject, std::string bytes, base::Duration lifetime) {
  post(subject, seal({.sender = number_, .stamp_us = stamp(base::steady_now())}, bytes), lifetime);
}

void Bus::post(const std::string& subject, std::string bytes, base::Duration lifetime) {
  if (bytes.size() > kMaxMessageBytes) {
    counters_->late_out.fetch_add(1);
    return;
  }
  {
    const absl::MutexLock lock(&mutex_);
    counters_->late_out.fetch_add(
        outbox_->push({full(subject), std::move(bytes), base::steady_now() + lifetime}));
  }
  wake_.set();
}

void Bus::change(bool wanted, const std::string& subject) {
  changes_.push_back({wanted, subject});
  wake_.set();
}

void Bus::subscribe(const std::string& subject, OnMessage on_message, base::Duration max_age) {
  const std::string whole = full(subject);
  const absl::MutexLock lock(&mutex_);
  auto& place = subscriptions_[whole];
  if (!place) change(true, whole);
  place = std::make_shared<const Subscription>(Subscription{std::move(on_message), max_age});
}

void Bus::unsubscribe(const std::string& subject) {
  const std::string whole = full(subject);
  const absl::MutexLock lock(&mutex_);
  if (subscriptions_.erase(whole) > 0) change(false, whole);
}

void Bus::request(const std::string& subject, std::string bytes, base::Duration patience,
                  OnAnswer on_answer) {
  const base::Time now = base::steady_now();
  std::pair<std::uint64_t, OnAnswer> added;
  {
    const absl::MutexLock lock(&mutex_);
    added = requests_->add(std::move(on_answer), now + patience);
  }
  if (added.second) added.second(absl::ResourceExhaustedError("too many questions wait"));
  post(subject,
       seal({.kind = Envelope::Kind::kRequest,
             .sender = number_,
             .stamp_us = stamp(now),
             .request = added.first},
            bytes),
       patience);
}

void Bus::answer(const Message& request, std::string bytes, base::Duration lifetime) {
  if (request.request == 0) return;
  post(answers_to(request.sender),
       seal({.kind = Envelope::Kind::kAnswer,
             .sender = number_,
             .stamp_us = stamp(base::steady_now()),
             .request = request.request},
            bytes),
       lifetime);
}

// ---- the carrier's thread

void Bus::arrive(std::string_view subject, std::string_view bytes, base::Time now) {
  counters_->messages_in.fetch_add(1, std::memory_order_relaxed);
  counters_->bytes_in.fetch_add(bytes.size(), std::memory_order_relaxed);
  const std::optional<Envelope> envelope =
      bytes.size() <= kMaxMessageBytes ? open(bytes) : std::nullopt;
  if (!envelope || envelope->sender == number_ || subject.size() <= prefix_.size()) {
    counters_->foreign.fetch_add(1);
    return;
  }
  Message message{std::string(subject),
                  std::string(bytes),
                  envelope->sender,
                  envelope->request,
                  now,
                  ages_->age(envelope->sender, envelope->stamp_us, now)};
  peers_->count(message.sender, bytes.size(), message.age);
  if (envelope->kind != Envelope::Kind::kAnswer) return deliver(message);
  OnAnswer on_answer;
  {
    const absl::MutexLock lock(&mutex_);
    on_answer = requests_->take(envelope->request);
  }
  if (on_answer) on_answer(std::move(message.bytes));
}

void Bus::deliver(const Message& message) {
  std::shared_ptr<const Subscription> subscription;
  {
    const absl::MutexLock lock(&mutex_);
    const auto found = subscriptions_.find(message.subject);
    if (found == subscriptions_.end()) return;
    subscription = found->second;
  }
  if (message.age > subscription->max_age) {
    counters_->late_in.fetch_add(1);
    peers_->count_late(message.sender);
    return;
  }
  Message told = message;
  told.subject.erase(0, prefix_.size() + 1);
  subscription->on_message(told);
}

// ---- the writer's thread

void Bus::run() {
  carrier_->start(*inlet_);
  for (;;) {
    const base::Time next = step(base::steady_now());
    {
      const absl::MutexLock lock(&mutex_);
      if (ending_) break;
    }
    wait_until(next, wake_);
  }
  send_waiting(base::steady_now());
  carrier_->stop();
}

base::Time Bus::step(base::Time now) {
  carrier_->tend();
  tell_connection();
  make_changes();
  send_waiting(now);
  std::vector<OnAnswer> over;
  base::Time next;
  {
    const absl::MutexLock lock(&mutex_);
    over = requests_->expire(now);
    next = requests_->next_deadline();
  }
  for (const OnAnswer& on_answer : over) {
    on_answer(absl::DeadlineExceededError("nobody answered in time"));
  }
  return next;
}

void Bus::tell_connection() {
  const std::uint64_t reconnects = carrier_->reconnects();
  const bool lost_between = counters_->reconnects.exchange(reconnects) != reconnects;
  const bool connected = carrier_->is_connected();
  if (connected == told_connected_ && !lost_between) return;
  if (on_connection_ && connected && told_connected_) on_connection_(false);
  told_connected_ = connected;
  if (on_connection_) on_connection_(connected);
}

void Bus::make_changes() {
  std::vector<Change> changes;
  {
    const absl::MutexLock lock(&mutex_);
    changes.swap(changes_);
  }
  for (const Change& change : changes) {
    if (change.wanted) {
      carrier_->subscribe(change.subject);
    } else {
      carrier_->unsubscribe(change.subject);
    }
  }
}

void Bus::send_waiting(base::Time now) {
  for (;;) {
    std::optional<Outbox::Item> item;
    {
      const absl::MutexLock lock(&mutex_);
      counters_->late_out.fetch_add(outbox_->expire(now));
      if (!carrier_->is_connected() || !changes_.empty()) return;
      item = outbox_->pop();
    }
    if (!item) return;
    if (!carrier_->send(item->subject, item->bytes)) {
      counters_->late_out.fetch_add(1);
      return;
    }
    counters_->messages_out.fetch_add(1, std::memory_order_relaxed);
    counters_->bytes_out.fetch_add(item->bytes.size(), std::memory_order_relaxed);
    now = base::steady_now();
  }
}

}  // namespace comcat::bus
