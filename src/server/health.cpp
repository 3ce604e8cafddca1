#include "health.h"

#include <string>
#include <utility>

#include "comcat/rpc/completion.h"
#include "comcat/server/admission_address.h"

namespace comcat::server {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

HealthCheckResponse response(HealthCheckResponse::ServingStatus status) {
  HealthCheckResponse out;
  out.set_status(status);
  return out;
}

}  // namespace

/// One Check, from the wait for its caller to the end of its answer.
class Health::CheckCall {
 public:
  explicit CheckCall(Health& health) : health_(health), writer_(&context_) {
    health.service_.RequestCheck(&context_, &request_, &writer_, &health.queue_, &health.queue_,
                                 accepted_.begin());
  }

  void settle() {
    if (!accepted_.pending() && !finished_.pending()) delete this;
  }

 private:
  ~CheckCall() = default;

  void on_accepted(bool ok) {
    if (!ok) return;
    new CheckCall(health_);
    health_.guests_.account_of(context_.peer())->stream_began();
    const auto status = health_.status_of(request_.service());
    if (status == HealthCheckResponse::SERVICE_UNKNOWN) {
      writer_.FinishWithError({grpc::StatusCode::NOT_FOUND, "no such service"}, finished_.begin());
    } else {
      writer_.Finish(response(status), grpc::Status::OK, finished_.begin());
    }
  }
  void on_finished(bool /*ok*/) {}

  Health& health_;
  grpc::ServerContext context_;
  HealthCheckRequest request_;
  grpc::ServerAsyncResponseWriter<HealthCheckResponse> writer_;
  rpc::Operation<CheckCall> accepted_{*this, &CheckCall::on_accepted};
  rpc::Operation<CheckCall> finished_{*this, &CheckCall::on_finished};
};

/// One Watch: the status at once, and once more when it changes, which ends it.
class Health::WatchCall {
 public:
  explicit WatchCall(Health& health) : health_(health), writer_(&context_) {
    context_.AsyncNotifyWhenDone(&done_);
    health.service_.RequestWatch(&context_, &request_, &writer_, &health.queue_, &health.queue_,
                                 accepted_.begin());
  }

  void drain() {
    draining_ = true;
    if (!written_.pending()) finish();
  }
  void expire() { end(grpc::Status::OK); }
  void make_room() { end(too_many()); }
  [[nodiscard]] base::Time began() const { return began_; }

  void settle() {
    if (accepted_.pending() || written_.pending() || finished_.pending() || done_.pending()) return;
    health_.watchers_.erase(this);
    health_.places_.give_back(address_, this);
    delete this;
  }

 private:
  ~WatchCall() = default;

  static grpc::Status too_many() {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many watchers"};
  }

  void on_accepted(bool ok) {
    if (!ok) return;
    done_.begin();
    new WatchCall(health_);
    health_.guests_.account_of(context_.peer())->stream_began();
    address_ = admission_address(context_.peer());
    const Places::Outcome place = health_.places_.take(address_, this);
    if (place.made_room) (*place.made_room)->make_room();
    if (!place.taken) {
      writer_.Finish(too_many(), finished_.begin());
      return;
    }
    began_ = health_.now_;
    health_.watchers_.insert(this);
    writer_.Write(response(health_.status_of(request_.service())), written_.begin());
  }
  void on_written(bool ok) {
    if (ok && (draining_ || health_.draining_)) finish();
  }
  void on_finished(bool /*ok*/) {}
  void on_done(bool /*ok*/) { over_ = true; }

  void finish() {
    if (over_ || finished_.pending() || health_.stopped_) return;
    const auto status = health_.status_of(request_.service());
    if (status == HealthCheckResponse::SERVICE_UNKNOWN) {  // it was told so, and that is still true
      writer_.Finish(grpc::Status::OK, finished_.begin());
    } else {
      writer_.WriteAndFinish(response(status), {}, grpc::Status::OK, finished_.begin());
    }
  }

  void end(const grpc::Status& status) {
    if (health_.stopped_) return;
    if (!over_ && !finished_.pending() && !written_.pending()) {
      writer_.Finish(status, finished_.begin());
    } else {
      context_.TryCancel();  // it reads nothing
    }
  }

  Health& health_;
  grpc::ServerContext context_;
  HealthCheckRequest request_;
  grpc::ServerAsyncWriter<HealthCheckResponse> writer_;
  std::string address_;
  base::Time began_{};
  bool draining_ = false;
  bool over_ = false;
  rpc::Operation<WatchCall> accepted_{*this, &WatchCall::on_accepted};
  rpc::Operation<WatchCall> written_{*this, &WatchCall::on_written};
  rpc::Operation<WatchCall> finished_{*this, &WatchCall::on_finished};
  rpc::Operation<WatchCall> done_{*this, &WatchCall::on_done};
};

void Health::start() {
  new CheckCall(*this);  // they delete themselves
  new WatchCall(*this);
}

void Health::drain() {
  draining_ = true;
  for (WatchCall* watcher : watchers_) watcher->drain();
}

void Health::tick(base::Time now) {
  now_ = now;
  if (now < next_sweep_) return;
  next_sweep_ = now + std::chrono::seconds(1);
  for (WatchCall* watcher : watchers_) {
    if (now - watcher->began() > kMaxWatch) watcher->expire();
  }
}

HealthCheckResponse::ServingStatus Health::status_of(const std::string& service) const {
  if (!service.empty() && service != "Calling") return HealthCheckResponse::SERVICE_UNKNOWN;
  return draining_ ? HealthCheckResponse::NOT_SERVING : HealthCheckResponse::SERVING;
}

}  // namespace comcat::server
