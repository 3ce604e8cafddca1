#include "comcat/bus/nats.h"

#include <atomic>
#include <map>
#include <utility>

#include "comcat/base/clock.h"
#include "comcat/base/log.h"
#include "comcat/base/text.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "nats_handles.h"

namespace comcat::bus {
namespace {

constexpr int kMaxPending = 1000;                  // messages of one subscription
constexpr int kMaxPendingBytes = 4 * 1024 * 1024;  // and their bytes
constexpr std::chrono::seconds kAnew{1};  // after which a connection that was given up is made anew

/// What nats.c calls back, which it may still do when the carrier has gone.
class Ear {
 public:
  explicit Ear(Carrier::Receiver& receiver) : receiver_(&receiver) {}

  void deafen() ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    receiver_ = nullptr;
  }
  void arrive(std::string_view subject, std::string_view bytes) ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    if (receiver_ != nullptr) receiver_->arrive(subject, bytes);
  }
  /// False where nobody listens any more.
  bool changed() ABSL_LOCKS_EXCLUDED(news_mutex_) {
    const absl::MutexLock lock(&news_mutex_);
    if (news_ != nullptr) news_->connection_changed();
    return news_ != nullptr;
  }
  void overflowed() ABSL_LOCKS_EXCLUDED(news_mutex_) {
    const absl::MutexLock lock(&news_mutex_);
    if (news_ != nullptr) news_->overflowed();
  }
  void hear_news(Carrier::Receiver* receiver) ABSL_LOCKS_EXCLUDED(news_mutex_) {
    const absl::MutexLock lock(&news_mutex_);
    news_ = receiver;
  }

  std::atomic<std::uint64_t> reconnects{0};

 private:
  absl::Mutex mutex_;  // held while something arrives
  Carrier::Receiver* receiver_ ABSL_GUARDED_BY(mutex_);
  absl::Mutex news_mutex_;  // another, as what arrives may take its time
  Carrier::Receiver* news_ ABSL_GUARDED_BY(news_mutex_) = nullptr;
};

using SharedEar = std::shared_ptr<Ear>;

/// As a closure of nats.c's; released by the last callback that gets it.
void* hold(const SharedEar& ear) {
  return new SharedEar(ear);
}
Ear& ear_of(void* closure) {
  return **static_cast<SharedEar*>(closure);
}
void release(void* closure) {
  delete static_cast<SharedEar*>(closure);
}

void log_lost(natsConnection* connection) {
  const char* why = nullptr;
  natsConnection_GetLastError(connection, &why);
  base::log(base::LogLevel::kWarning, "bus_lost",
            {{"why", why == nullptr || *why == '\0' ? "the connection ended" : why}});
}

void log_connected(natsConnection* connection) {
  char url[256] = {};
  if (natsConnection_GetConnectedUrl(connection, url, sizeof url) != NATS_OK) return;
  base::log(base::LogLevel::kInfo, "bus_connected", {{"server", url}});
}

void on_lost(natsConnection* connection, void* closure) {
  if (ear_of(closure).changed()) log_lost(connection);
}
void on_first(natsConnection* connection, void* closure) {
  log_connected(connection);
  ear_of(closure).changed();
}
void on_again(natsConnection* connection, void* closure) {
  log_connected(connection);
  ear_of(closure).reconnects.fetch_add(1);
  ear_of(closure).changed();
}
void on_closed(natsConnection* /*connection*/, void* closure) {
  ear_of(closure).changed();
  release(closure);
}
void on_error(natsConnection* /*connection*/, natsSubscription* /*subscription*/, natsStatus error,
              void* closure) {
  if (error == NATS_SLOW_CONSUMER) ear_of(closure).overflowed();
}
void on_message(natsConnection* /*connection*/, natsSubscription* /*subscription*/,
                natsMsg* message, void* closure) {
  const Owned<natsMsg> owned(message);
  ear_of(closure).arrive(
      natsMsg_GetSubject(message),
      {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))});
}

class NatsCarrier final : public Carrier {
 public:
  explicit NatsCarrier(NatsOptions options) : options_(std::move(options)) {}
  ~NatsCarrier() override { stop(); }

  void start(Receiver& receiver) override {
    ear_ = std::make_shared<Ear>(receiver);
    ear_->hear_news(&receiver);
    connect();
  }

  void stop() override {
    if (!ear_) return;
    ear_->hear_news(nullptr);
    disconnect();
    ear_->deafen();
    ear_.reset();
  }

  void tend() override {
    const natsConnStatus status = current();
    connected_ = status == NATS_CONN_STATUS_CONNECTED;
    if (status != NATS_CONN_STATUS_CLOSED || base::steady_now() < connect_again_) return;
    disconnect();  // nats.c has given up, as it does where credentials are refused twice
    connect();
  }

  [[nodiscard]] bool is_connected() const override { return connected_; }
  [[nodiscard]] std::uint64_t reconnects() const override {
    return ear_ ? ear_->reconnects.load() : 0;
  }

  [[nodiscard]] bool send(const std::string& subject, const std::string& bytes) override {
    connected_ = current() == NATS_CONN_STATUS_CONNECTED;
    return connected_ && natsConnection_Publish(connection_.get(), subject.c_str(), bytes.data(),
                                                static_cast<int>(bytes.size())) == NATS_OK;
  }

  void subscribe(const std::string& subject) override {
    Owned<natsSubscription>& place = subscriptions_[subject];
    if (connection_) place = subscribed(subject);
  }

  void unsubscribe(const std::string& subject) override { subscriptions_.erase(subject); }

 private:
  [[nodiscard]] natsConnStatus current() const {
    return connection_ ? natsConnection_Status(connection_.get()) : NATS_CONN_STATUS_CLOSED;
  }

  [[nodiscard]] Owned<natsSubscription> subscribed(const std::string& subject) {
    natsSubscription* made = nullptr;
    void* const closure = hold(ear_);
    if (natsConnection_Subscribe(&made, connection_.get(), subject.c_str(), on_message, closure) !=
        NATS_OK) {
      release(closure);
      return nullptr;
    }
    natsSubscription_SetPendingLimits(made, kMaxPending, kMaxPendingBytes);
    natsSubscription_SetOnCompleteCB(made, release, closure);
    return Owned<natsSubscription>(made);
  }

  [[nodiscard]] natsStatus set(natsOptions* options, void* closure) const {
    natsStatus status = set_connection(options, options_);
    const auto then = [&](natsStatus next) {
      if (status == NATS_OK) status = next;
    };
    then(natsOptions_SetNoEcho(options, true));
    then(natsOptions_UseGlobalMessageDelivery(options, true));
    then(natsOptions_SetRetryOnFailedConnect(options, true, on_first, closure));
    then(natsOptions_SetDisconnectedCB(options, on_lost, closure));
    then(natsOptions_SetReconnectedCB(options, on_again, closure));
    then(natsOptions_SetClosedCB(options, on_closed, closure));
    then(natsOptions_SetErrorHandler(options, on_error, closure));
    return status;
  }

  void connect() {
    connect_again_ = base::steady_now() + kAnew;
    natsOptions* raw = nullptr;
    natsStatus status = natsOptions_Create(&raw);
    const Owned<natsOptions> options(raw);
    void* const closure = hold(ear_);
    natsConnection* made = nullptr;
    if (status == NATS_OK) status = set(raw, closure);
    if (status == NATS_OK) status = natsConnection_Connect(&made, raw);
    connection_.reset(made);
    if (status == NATS_OK) log_connected(made);
    if (status != NATS_OK) {
      base::log(base::LogLevel::kWarning, "bus_unreachable", {{"why", natsStatus_GetText(status)}});
    }
    if (made == nullptr) release(closure);
    if (made == nullptr) return;
    for (auto& [subject, subscription] : subscriptions_) subscription = subscribed(subject);
    connected_ = current() == NATS_CONN_STATUS_CONNECTED;
    ear_->changed();
  }

  void disconnect() {
    for (auto& [subject, subscription] : subscriptions_) subscription.reset();
    if (current() == NATS_CONN_STATUS_CONNECTED) {
      natsConnection_FlushTimeout(connection_.get(), kWriteDeadline.count());
    }
    if (connection_) natsConnection_Close(connection_.get());
    connection_.reset();
    connected_ = false;
  }

  const NatsOptions options_;
  SharedEar ear_;
  Owned<natsConnection> connection_;
  std::map<std::string, Owned<natsSubscription>> subscriptions_;
  std::atomic<bool> connected_ = false;
  base::Time connect_again_{};
};

/// nats.c takes words for the name of a host; what else there is would be a mistake.
absl::Status check_url(const std::string& url) {
  const std::string shown = base::safe_text(url, 80);
  const std::size_t at = url.find("://");
  const std::string scheme = url.substr(0, std::min(at, url.size()));
  if (url.find('@') != std::string::npos) {
    return absl::InvalidArgumentError(
        "--nats must not hold a user or a password, which everybody on this machine would see; put "
        "them into a file, and give that as --nats_credentials");
  }
  if (at == std::string::npos || (scheme != "nats" && scheme != "tls") || url.size() < at + 4) {
    return absl::InvalidArgumentError(
        "--nats is written as nats://HOST:4222 or tls://HOST:4222, not " + shown);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> parse_nats_urls(const std::string& list) {
  std::vector<std::string> urls;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    urls.push_back(list.substr(begin, end - begin));
    if (absl::Status status = check_url(urls.back()); !status.ok()) return status;
    begin = end + 1;
  }
  return urls;
}

std::unique_ptr<Carrier> make_nats_carrier(NatsOptions options) {
  return std::make_unique<NatsCarrier>(std::move(options));
}

}  // namespace comcat::bus
