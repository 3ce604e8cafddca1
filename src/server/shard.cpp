#include "shard.h"

#include <utility>

#include "comcat/wire/convert.h"

#include "grpc_deadline.h"

namespace comcat::server {
namespace {

/// How many callers gRPC may hand over before the first has been dealt with.
constexpr int kExpectedCalls = 16;

/// For an alarm: a time that is over goes to the queue directly. Even a millisecond of gRPC's
/// timers lasts as long as the wall clock is set back.
gpr_timespec at_once() {
  return gpr_time_0(GPR_CLOCK_MONOTONIC);
}

}  // namespace

Shard::Shard(const HubOptions& hub, const AdmissionOptions& admission, Metrics& metrics,
             std::unique_ptr<grpc::ServerCompletionQueue> queue, RawService& service,
             HealthService& health, std::function<void(const std::string&)> on_admitted)
    : queue_(std::move(queue)),
      service_(service),
      metrics_(metrics),
      session_limits_(hub.session),
      on_admitted_(std::move(on_admitted)),
      health_(health, *queue_),
      hub_(hub, metrics),
      admission_(admission) {}

Shard::~Shard() = default;

void Shard::start() {
  now_ = base::steady_now();
  for (int i = 0; i < kExpectedCalls; ++i) Call::expect(*this);
  health_.start();
  thread_ = std::jthread([this] { run(); });
}

void Shard::run() {
  for (;;) {
    const base::Duration left = next_deadline() - base::steady_now();
    void* tag = nullptr;
    bool ok = false;
    const auto status = queue_->AsyncNext(&tag, &ok, grpc_deadline(left));
    now_ = base::steady_now();
    if (status == grpc::CompletionQueue::SHUTDOWN) return;
    health_.tick(now_);
    if (status == grpc::CompletionQueue::GOT_EVENT) static_cast<Completion*>(tag)->complete(ok);
    expire_due();
    tell_if_drained();
    hub_.tick(now_);
  }
}

base::Time Shard::next_deadline() const {
  const base::Time hub = hub_.next_deadline(now_);
  return deadlines_.empty() ? hub : std::min(hub, deadlines_.begin()->first);
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
                    Completion* tag) {
  service_.RequestVoIP(&context, &stream, queue_.get(), queue_.get(), tag);
}

absl::StatusOr<wire::Request> Shard::parse(const grpc::ByteBuffer& buffer) {
  grpc::Slice whole;
  if (buffer.TrySingleSlice(&whole).ok() || buffer.DumpToSingleSlice(&whole).ok()) {
    return wire::parse_request({reinterpret_cast<const std::byte*>(whole.begin()), whole.size()});
  }
  return absl::InvalidArgumentError("a request that cannot be read");
}

const grpc::Slice& Shard::shared_slice(const Payload& payload) {
  for (const Sliced& sliced : sliced_) {
    if (sliced.payload == payload) return sliced.slice;
  }
  Sliced& oldest = sliced_[next_sliced_++ % sliced_.size()];
  oldest = {payload, grpc::Slice(payload->data(), payload->size())};
  return oldest.slice;
}

grpc::ByteBuffer Shard::to_buffer(const ListenerQueue::Message& message) {
  std::vector<grpc::Slice> slices;
  slices.reserve(message.parts.size());
  for (const Payload& part : message.parts) {
    slices.push_back(message.shared ? shared_slice(part) : grpc::Slice(part->data(), part->size()));
  }
  std::uint64_t bytes = 0;
  for (const grpc::Slice& slice : slices) bytes += slice.size();
  metrics_.bytes_out.fetch_add(bytes, std::memory_order_relaxed);
  return {slices.data(), slices.size()};
}

void Shard::drain(std::chrono::milliseconds grace) {
  drain_grace_ = grace;
  drain_alarm_.Set(queue_.get(), at_once(), drain_.begin());
  drained_.wait_for(grace);
}
void Shard::on_drain(bool /*ok*/) {
  health_.drain();
  hub_.drain(drain_grace_, now_);
  draining_ = true;
}

/// Everyone has been told and has hung up, those who watch the server's health as well.
void Shard::tell_if_drained() {
  if (draining_ && calls_ == 0 && health_.idle() && !drained_.is_set()) drained_.set();
}

void Shard::call_ended() {
  --calls_;
  end_if_idle();
}

/// No operation may begin on a queue that has been shut down, so the queue ends after the last
/// call, on the thread of the calls.
void Shard::on_end(bool /*ok*/) {
  ending_ = true;
  health_.stop();
  end_if_idle();
}

void Shard::end_if_idle() {
  if (ending_ && calls_ == 0) queue_->Shutdown();
}

void Shard::join() {
  end_alarm_.Set(queue_.get(), at_once(), end_.begin());
  if (thread_.joinable()) thread_.join();
}

}  // namespace comcat::server
