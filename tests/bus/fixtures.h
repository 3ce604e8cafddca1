#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "comcat/base/event.h"
#include "comcat/bus/bus.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace comcat::bus {

constexpr std::chrono::seconds kPatience{20};

/// What has come to somebody, in order. May go before the bus that it is kept from.
class Heard {
 public:
  [[nodiscard]] Bus::OnMessage keep() {
    return [it = it_](const Message& message) {
      const absl::MutexLock lock(&it->mutex);
      it->messages.push_back(message);
    };
  }

  /// The next, once it is there; nothing where none comes.
  [[nodiscard]] std::optional<Message> next() {
    const absl::MutexLock lock(&it_->mutex);
    if (!it_->mutex.AwaitWithTimeout(
            absl::Condition(
                +[](std::deque<Message>* all) { return !all->empty(); }, &it_->messages),
            absl::FromChrono(kPatience))) {
      return std::nullopt;
    }
    Message message = std::move(it_->messages.front());
    it_->messages.pop_front();
    return message;
  }
  [[nodiscard]] std::string next_bytes() {
    const auto message = next();
    return message ? message->bytes : "nothing";
  }

 private:
  struct Messages {
    absl::Mutex mutex;
    std::deque<Message> messages ABSL_GUARDED_BY(mutex);
  };
  const std::shared_ptr<Messages> it_ = std::make_shared<Messages>();
};

/// Whether `to` answers a question of `from`: all it subscribed to before is then in effect.
inline bool reaches(Bus& from, Bus& to) {
  const std::string subject = "ready." + std::to_string(to.number());
  to.subscribe(subject, [&to](const Message& question) {
    to.answer(question, "yes", std::chrono::seconds(1));
  });
  const base::Time deadline = base::steady_now() + kPatience;
  while (base::steady_now() < deadline) {
    base::Event done;
    bool answered = false;
    from.request(subject, "?", std::chrono::milliseconds(200), [&](const auto& answer) {
      answered = answer.ok();
      done.set();
    });
    if (!done.wait_for(kPatience)) return false;
    if (answered) return true;
  }
  return false;
}

}  // namespace comcat::bus
