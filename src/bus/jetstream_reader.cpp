#include "jetstream_reader.h"

#include <algorithm>
#include <utility>

#include "comcat/base/log.h"

namespace comcat::bus {
namespace {

constexpr std::chrono::milliseconds kAgain{250};   // after which something is tried again
constexpr std::chrono::milliseconds kRefused{50};  // after which a page comes again
constexpr std::int64_t kLookMs = 500;              // of silence, before it is looked at
constexpr std::size_t kPageEntries = 256;
constexpr std::int64_t kNsPerMs = 1'000'000;

/// The word of `subject` behind `prefix`; "" where it is another's.
std::string topic_of(std::string_view subject, std::string_view prefix) {
  if (subject.size() <= prefix.size() + 1 || !subject.starts_with(prefix) ||
      subject[prefix.size()] != '.') {
    return "";
  }
  return std::string(subject.substr(prefix.size() + 1));
}

}  // namespace

void JetStreamReader::start(LogPosition position, bool from_now, MessageLog::OnPage on_page) {
  position_ = position;
  from_now_ = from_now;
  on_page_ = std::move(on_page);
  thread_ = std::jthread([this] { run(); });
}

// ---- the thread

void JetStreamReader::run() {
  while (!line_.is_ending()) {
    const absl::Status why = follow();
    line_.close(std::string(why.message()));
    if (line_.is_ending()) return;
    tell(false, std::string(why.message()));
    line_.wait_for_end(kAgain);
  }
}

void JetStreamReader::tell(bool available, const std::string& why) {
  counters_.available = available;
  if (why == told_) return;
  told_ = why;
  if (available) {
    base::log(base::LogLevel::kInfo, "texts_shared", {{"stream", options_.stream}});
  } else {
    base::log(base::LogLevel::kWarning, "texts_not_shared", {{"why", why}});
  }
}

absl::Status JetStreamReader::connect() {
  if (!session_ || session_->is_closed()) {
    absl::StatusOr<std::shared_ptr<JetStreamSession>> opened = open_session(nats_);
    if (!opened.ok()) return opened.status();
    session_ = *std::move(opened);
  }
  return session_->is_connected() ? absl::OkStatus()
                                  : absl::UnavailableError("NATS does not answer");
}

absl::Status JetStreamReader::follow() {
  if (absl::Status status = connect(); !status.ok()) return status;
  const std::string before = unchanged_;
  const absl::StatusOr<StreamState> stream = ensure_stream(*session_, options_, unchanged_);
  if (!stream.ok()) return stream.status();
  if (!unchanged_.empty() && unchanged_ != before) {
    base::log(base::LogLevel::kWarning, "text_log_unchanged",
              {{"stream", options_.stream}, {"why", unchanged_}});
  }
  adopt(*stream);
  const absl::StatusOr<Owned<natsSubscription>> subscription = subscribe();
  if (!subscription.ok()) return subscription.status();
  line_.open({session_, stream->origin});
  tell(true, "");
  return read(**subscription);
}

void JetStreamReader::adopt(const StreamState& stream) {
  const std::uint64_t end = stream.origin + stream.last;
  if (!begun_at_) {
    begun_at_ = end;
    if (from_now_) position_ = {stream.origin, end};
  }
  if (position_.origin != stream.origin) {
    position_ = {stream.origin, stream.origin};
  } else if (position_.number > end) {
    base::log(base::LogLevel::kError, "text_log_lost_its_end",
              {{"stream", options_.stream}, {"texts", position_.number - end}});
    position_.number = end;
  }
}

absl::StatusOr<Owned<natsSubscription>> JetStreamReader::subscribe() const {
  jsSubOptions how;
  jsSubOptions_Init(&how);
  how.Stream = options_.stream.c_str();
  how.Ordered = true;
  how.Config.DeliverPolicy = js_DeliverByStartSequence;
  how.Config.OptStartSeq = position_.number - position_.origin + 1;
  natsSubscription* made = nullptr;
  jsErrCode error{};
  const std::string subject = options_.subject + ".*";
  const natsStatus status =
      js_SubscribeSync(&made, session_->context.get(), subject.c_str(), nullptr, &how, &error);
  if (status != NATS_OK) return failure(status, error);
  return Owned<natsSubscription>(made);
}

absl::Status JetStreamReader::read(natsSubscription& subscription) {
  bool was_behind = false;
  while (!line_.is_ending()) {
    LogPage page{position_, {}};
    natsMsg* message = nullptr;
    natsStatus status = natsSubscription_NextMsg(&message, &subscription, kLookMs);
    while (status == NATS_OK) {
      const Owned<natsMsg> owned(message);
      take(*message, page);
      if (page.entries.size() == kPageEntries) break;
      status = natsSubscription_NextMsg(&message, &subscription, 0);
    }
    if (!page.entries.empty() && !deliver(page)) break;
    if (status != NATS_OK && status != NATS_TIMEOUT) return failure(status, jsErrCode{});
    if (!session_->is_connected()) return absl::UnavailableError("NATS does not answer");
    if (!page.entries.empty()) {
      was_behind = false;
    } else if (absl::Status found = look(was_behind); !found.ok()) {
      return found;
    }
  }
  return absl::OkStatus();
}

absl::Status JetStreamReader::look(bool& was_behind) const {
  const absl::StatusOr<StreamState> stream = stream_state(*session_, options_.stream);
  if (!stream.ok()) return stream.status();
  if (stream->origin != position_.origin) return absl::UnavailableError("its stream is another");
  const bool is_behind = stream->messages > 0 && position_.origin + stream->last > position_.number;
  if (std::exchange(was_behind, is_behind) && is_behind) {
    return absl::UnavailableError("NATS has more than it has sent");
  }
  return absl::OkStatus();
}

void JetStreamReader::take(natsMsg& message, LogPage& page) {
  jsMsgMetaData* data = nullptr;
  const natsStatus status = natsMsg_GetMetaData(&data, &message);
  const Owned<jsMsgMetaData> owned(data);
  const std::string topic = topic_of(natsMsg_GetSubject(&message), options_.subject);
  const auto bytes = static_cast<std::size_t>(std::max(natsMsg_GetDataLength(&message), 0));
  const std::uint64_t number =
      status == NATS_OK ? position_.origin + data->Sequence.Stream : std::uint64_t{0};
  if (number <= position_.number || topic.empty() || bytes > MessageLog::kMaxBytes) {
    counters_.foreign.fetch_add(1);
    return;
  }
  const std::chrono::milliseconds time(data->Timestamp / kNsPerMs);
  page.entries.push_back({number, std::chrono::sys_time<std::chrono::milliseconds>(time), topic,
                          std::string(natsMsg_GetData(&message), bytes), number <= *begun_at_});
  position_.number = number;
}

bool JetStreamReader::deliver(const LogPage& page) {
  while (!line_.is_ending()) {
    if (on_page_(page)) return true;
    line_.wait_for_end(kRefused);
  }
  return false;
}

}  // namespace comcat::bus
