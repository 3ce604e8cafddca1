#include "jetstream_writer.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace comcat::bus {
namespace {

constexpr std::chrono::milliseconds kLook{100};  // how late it is told that something is overdue

absl::Status overdue(bool sent, const std::optional<std::string>& why) {
  if (sent) return absl::DeadlineExceededError("NATS did not say so in time");
  return absl::UnavailableError(why.value_or("NATS does not answer"));
}

}  // namespace

JetStreamWriter::~JetStreamWriter() {
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void JetStreamWriter::start() {
  thread_ = std::jthread([this] { run(); });
}

bool JetStreamWriter::append(MessageLog::Record record, MessageLog::OnAppended on_appended) {
  const base::Time now = base::steady_now();
  // What is known to be in vain need not be waited for.
  const bool is_in_vain = line_.why_closed(MessageLog::kPatience).has_value();
  const absl::MutexLock lock(&mutex_);
  return queue_.push(
      {std::move(record), std::move(on_appended), is_in_vain ? now : now + MessageLog::kPatience});
}

// ---- the thread

void JetStreamWriter::run() {
  while (const std::shared_ptr<AppendQueue::Item> item = next()) {
    step(*item);
    give_up_overdue();
  }
}

std::shared_ptr<AppendQueue::Item> JetStreamWriter::next() {
  const absl::MutexLock lock(&mutex_);
  const auto has_something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ending_ || !queue_.empty();
  };
  mutex_.Await(absl::Condition(&has_something));
  return ending_ ? nullptr : queue_.front();
}

void JetStreamWriter::pop() {
  const absl::MutexLock lock(&mutex_);
  queue_.pop();
}

void JetStreamWriter::give_up_overdue() {
  std::vector<std::shared_ptr<AppendQueue::Item>> over;
  {
    const absl::MutexLock lock(&mutex_);
    over = queue_.take_overdue(base::steady_now());
  }
  for (const auto& item : over) {
    item->on_appended(overdue(item->sent, line_.why_closed(base::Duration::zero())));
  }
}

void JetStreamWriter::step(AppendQueue::Item& item) {
  const base::Duration left = item.until - base::steady_now();
  if (left <= base::Duration::zero()) return;
  const auto open = line_.await_open(std::min<base::Duration>(left, kLook));
  if (!open) return;
  const auto done = publish(*open, item);
  if (!done) return;
  pop();
  item.on_appended(*done);
}

std::optional<absl::StatusOr<std::uint64_t>> JetStreamWriter::publish(
    const JetStreamLine::Open& open, AppendQueue::Item& item) {
  const std::string subject = options_.subject + "." + item.record.topic;
  natsMsg* made = nullptr;
  natsStatus status = natsMsg_Create(&made, subject.c_str(), nullptr, item.record.bytes.data(),
                                     static_cast<int>(item.record.bytes.size()));
  const Owned<natsMsg> message(made);
  jsPubOptions how;
  jsPubOptions_Init(&how);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(item.until - base::steady_now());
  how.MaxWait = std::clamp<std::int64_t>(left.count(), 1, kJetStreamWait.count());
  how.MsgId = item.record.id.c_str();
  how.ExpectStream = options_.stream.c_str();
  jsPubAck* ack = nullptr;
  jsErrCode error{};
  if (status == NATS_OK) {
    status = js_PublishMsg(&ack, open.session->context.get(), made, &how, &error);
  }
  const Owned<jsPubAck> owned(ack);
  if (status == NATS_OK) return absl::StatusOr<std::uint64_t>(open.origin + ack->Sequence);
  const absl::Status why = failure(status, error);
  if (status != NATS_NO_RESPONDERS && error == 0) item.sent = true;
  // What NATS has refused it will refuse again; whether it has what it did not answer it will know.
  if (error != 0) return absl::StatusOr<std::uint64_t>(why);
  line_.wait_for_end(std::min<base::Duration>(kLook, item.until - base::steady_now()));
  return std::nullopt;
}

}  // namespace comcat::bus
