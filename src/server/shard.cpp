#include "shard.h"

#include <utility>

#include "comcat/rpc/deadline.h"

namespace comcat::server {
namespace {

/// How many callers gRPC may hand over before the first has been dealt with.
constexpr int kExpectedCalls = 16;

/// Guesses at other secrets count as those at the server's passcode.
HubOptions with_door(HubOptions options, Admission& admission) {
  options.rooms.door = [&admission](const std::string& address, const Passcode& passcode,
                                    const std::string& given, const std::string& room,
                                    base::Time now) {
    return admission.admit_to_room(address, passcode, given, room, now);
  };
  options.claims.wrong_code = [&admission](const std::string& address, base::Time now) {
    admission.count_wrong_guess(address, now);
  };
  return options;
}

}  // namespace

Shard::Shard(const HubOptions& hub, const AdmissionOptions& admission, Metrics& metrics,
             std::unique_ptr<grpc::ServerCompletionQueue> queue, RawService& service,
             HealthService& health, GuestTable& guests, Doorman& doorman, DatagramPaths* datagrams)
    : queue_(std::move(queue)),
      service_(service),
      metrics_(metrics),
      caller_limits_(hub.caller),
      guests_(guests),
      doorman_(doorman),
      datagrams_(datagrams),
      health_(health, *queue_, guests),
      admission_(admission),
      hub_(with_door(hub, admission_), metrics) {}

Shard::~Shard() = default;

void Shard::start() {
  now_ = base::steady_now();
  for (int i = 0; i < kExpectedCalls; ++i) Call::expect(*this);
  health_.start();
  thread_ = std::jthread([this] { run(); });
}

void Shard::run() {
  base::Time until{};
  for (;;) {
    void* tag = nullptr;
    bool ok = false;
    const auto status = queue_->AsyncNext(&tag, &ok, rpc::deadline_at(until));
    const absl::MutexLock turn(&turn_);
    now_ = base::steady_now();
    if (status == grpc::CompletionQueue::SHUTDOWN) return;
    health_.tick(now_);
    if (status == grpc::CompletionQueue::GOT_EVENT) {
      static_cast<rpc::Completion*>(tag)->complete(ok);
    }
    end_event();
    until = waits_until_ = next_deadline();
  }
}

void Shard::end_event() {
  expire_due();
  tell_if_drained();
  hub_.tick(now_);
  if (datagrams_ == nullptr) return;
  datagrams_->tick(now_);
  datagrams_->flush(now_);
}

base::Time Shard::take_datagrams(std::vector<ArrivedDatagram>& batch) {
  if (posted_batches_ > 0 || !turn_.TryLock()) {
    // Whatever is due, the end of the event that is under way sees to it.
    if (batch.empty()) return base::Time::max();
    ++posted_batches_;
    post([this, batch = std::move(batch)]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      --posted_batches_;
      hear(batch);  // in an event of the shard's thread
    });
    return base::Time::max();
  }
  now_ = base::steady_now();
  hear(batch);
  end_event();
  const base::Time next = next_deadline();
  const bool is_ours = next < waits_until_;
  turn_.Unlock();
  return is_ours ? next : base::Time::max();
}

void Shard::hear(const std::vector<ArrivedDatagram>& batch) {
  datagrams_->take(
      batch,
      [this](Caller& caller, wire::VoicePacket packet, base::Time now) {
        hub_.hear(caller, std::move(packet), now);
      },
      now_);
}

base::Time Shard::next_deadline() const {
  base::Time next = std::min(hub_.next_deadline(now_), health_.next_deadline());
  if (datagrams_ != nullptr) next = std::min(next, datagrams_->next_deadline());
  return deadlines_.empty() ? next : std::min(next, deadlines_.begin()->first);
}

void Shard::expire_due() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_) {
    Call& call = *deadlines_.begin()->second;
    forget(call);
    call.expire();
  }
}

void Shard::expire_at(Call& call, base::Time when) {
  forget(call);
  deadlines_.emplace(when, &call);
  deadline_of_.emplace(&call, when);
}

void Shard::forget(Call& call) {
  const auto found = deadline_of_.find(&call);
  if (found == deadline_of_.end()) return;
  deadlines_.erase({found->second, &call});
  deadline_of_.erase(found);
}

void Shard::request(grpc::ServerContext& context,
                    grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>& stream,
                    rpc::Completion* tag) {
  service_.RequestVoIP(&context, &stream, queue_.get(), queue_.get(), tag);
}

void Shard::drain(std::chrono::milliseconds grace) {
  post([this, grace] { begin_drain(grace); });
  drained_.wait_for(grace);
}

void Shard::begin_drain(std::chrono::milliseconds grace) {
  health_.drain();
  hub_.drain(grace, now_);
  draining_ = true;
}

/// Everyone has been told and has hung up, those who watch the server's health as well.
void Shard::tell_if_drained() {
  const bool is_over = draining_ && calls_ == 0 && health_.idle() && hub_.has_moved_out();
  if (is_over && !drained_.is_set()) drained_.set();
}

void Shard::call_ended() {
  --calls_;
  end_if_idle();
}

/// No operation may begin on a queue that has been shut down, so the queue ends after the last
/// call, on the thread of the calls.
void Shard::end_if_idle() {
  if (!ending_ || calls_ > 0) return;
  inbox_.close();
  queue_->Shutdown();
}

void Shard::join() {
  post([this] {
    ending_ = true;
    health_.stop();
    end_if_idle();
  });
  if (thread_.joinable()) thread_.join();
}

}  // namespace comcat::server
