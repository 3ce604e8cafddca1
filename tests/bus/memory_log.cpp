#include "bus/memory_log.h"

#include <utility>

namespace comcat::bus {

class LogRoom::Joined final : public MessageLog {
 public:
  explicit Joined(LogRoom& room) : room_(room) {}
  ~Joined() override {
    const absl::MutexLock lock(&room_.mutex_);
    room_.joined_.erase(this);
  }

  [[nodiscard]] bool append(Record record, OnAppended on_appended) override {
    const absl::StatusOr<std::uint64_t> kept = room_.keep(record);
    on_appended(kept);
    return true;
  }

  void follow(LogPosition position, bool from_now, OnPage on_page) override {
    const absl::MutexLock lock(&room_.mutex_);
    on_page_ = std::move(on_page);
    begun_at_ = kOrigin + room_.entries_.size();
    if (position.origin != kOrigin) position = {kOrigin, kOrigin};
    position_ = from_now ? LogPosition{kOrigin, begun_at_} : position;
    counters_->available = true;
    room_.joined_.insert(this);
    deliver(room_.entries_);
  }

  [[nodiscard]] std::shared_ptr<const LogCounters> counters() const override { return counters_; }

  void deliver(const std::vector<LogEntry>& all) {
    LogPage page{position_, {}};
    for (const LogEntry& entry : all) {
      if (entry.number <= position_.number) continue;
      page.entries.push_back(entry);
      page.entries.back().earlier = entry.number <= begun_at_;
    }
    if (page.entries.empty() || !on_page_(page)) return;
    position_.number = page.entries.back().number;
  }

 private:
  LogRoom& room_;
  OnPage on_page_;
  LogPosition position_;
  std::uint64_t begun_at_ = 0;
  const std::shared_ptr<LogCounters> counters_ = std::make_shared<LogCounters>();
};

std::unique_ptr<MessageLog> LogRoom::join() {
  return std::make_unique<Joined>(*this);
}

absl::StatusOr<std::uint64_t> LogRoom::keep(const MessageLog::Record& record) {
  const absl::MutexLock lock(&mutex_);
  if (!up_) return absl::UnavailableError("it has been taken away");
  const std::uint64_t number = kOrigin + entries_.size() + 1;
  const auto [known, is_new] = ids_.emplace(record.id, number);
  if (!is_new) return known->second;
  entries_.push_back(
      {number, std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(number)),
       record.topic, record.bytes, false});
  for (Joined* const joined : joined_) joined->deliver(entries_);
  return number;
}

void LogRoom::set_up(bool up) {
  const absl::MutexLock lock(&mutex_);
  up_ = up;
}

void LogRoom::offer() {
  const absl::MutexLock lock(&mutex_);
  for (Joined* const joined : joined_) joined->deliver(entries_);
}

}  // namespace comcat::bus
