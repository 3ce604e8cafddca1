#include "stream_loop.h"

#include <random>
#include <utility>

#include "comcat/rpc/deadline.h"

namespace comcat::transport {
namespace {

std::function<double()> or_entropy(std::function<double()> random) {
  if (random) return random;
  return [engine = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
  };
}

std::shared_ptr<CertificateJudge> make_judge(const VoiceStream::Options& options) {
  if (!options.tls) return nullptr;
  TrustOptions trust = options.trust;
  trust.address = options.address;
  return std::make_shared<CertificateJudge>(std::move(trust));
}

}  // namespace

VoiceStream::Loop::Loop(Options options, StreamHandler& handler)
    : options_(std::move(options)),
      handler_(handler),
      judge_(make_judge(options_)),
      queue_(options_.queue),
      room_(options_.hello.room),
      reconnect_(Backoff(options_.backoff, or_entropy(options_.random))) {}

VoiceStream::Loop::~Loop() {
  if (!thread_.joinable()) {
    shut_queue();
    return;
  }
  {
    const absl::MutexLock lock(&mutex_);
    abort_requested_ = true;
  }
  wake();
  thread_.join();
}

void VoiceStream::Loop::start() {
  thread_ = std::jthread([this] { run(); });
}

// ---- from any thread

void VoiceStream::Loop::wake() {
  const absl::MutexLock lock(&mutex_);
  if (!queue_open_ || std::exchange(wake_pending_, true)) return;
  alarm_.Set(&events_, rpc::at_once(), woken_.begin());
}

void VoiceStream::Loop::send_voice(const wire::VoicePacket& frame) {
  if (!connected_.load(std::memory_order_acquire)) {
    unsent_frames_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const std::chrono::microseconds duration(std::uint64_t{frame.duration_samples} * 1'000'000 /
                                           48'000);
  queue_.push_voice(wire::encode_request(frame), duration, base::steady_now());
  wake();
}

absl::Status VoiceStream::Loop::send(const wire::Command& command) {
  if (!connected_.load(std::memory_order_acquire)) {
    return absl::UnavailableError("there is no connection at the moment; try again in a moment");
  }
  absl::Status status = queue_.push_control(wire::encode_request(command));
  if (status.ok()) wake();
  return status;
}

void VoiceStream::Loop::set_room(const std::string& room) {
  const absl::MutexLock lock(&mutex_);
  room_ = room;
}

void VoiceStream::Loop::leave() {
  {
    const absl::MutexLock lock(&mutex_);
    leave_requested_ = true;
  }
  wake();
}

VoiceStream::Stats VoiceStream::Loop::stats() const {
  Stats out;
  out.sent_voice_frames = queue_.sent_voice_frames();
  out.dropped_voice_frames =
      queue_.dropped_voice_frames() + unsent_frames_.load(std::memory_order_relaxed);
  out.received_voice_frames = received_frames_.load(std::memory_order_relaxed);
  out.malformed_messages = malformed_messages_.load(std::memory_order_relaxed);
  out.queued_voice = std::chrono::duration_cast<std::chrono::milliseconds>(queue_.queued_voice());
  return out;
}

// ---- the thread

void VoiceStream::Loop::run() {
  connect(base::steady_now());
  while (phase_ != Phase::kClosed) {
    void* tag = nullptr;
    bool ok = false;
    const auto event =
        events_.AsyncNext(&tag, &ok, rpc::deadline_in(deadline_ - base::steady_now()));
    now_ = base::steady_now();
    if (event == grpc::CompletionQueue::GOT_EVENT) {
      static_cast<rpc::Completion*>(tag)->complete(ok);
    } else if (now_ >= deadline_) {
      on_deadline(now_);
    }
  }
  shut_queue();
}

void VoiceStream::Loop::shut_queue() {
  {
    const absl::MutexLock lock(&mutex_);
    queue_open_ = false;
    alarm_.Cancel();
  }
  events_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (events_.Next(&tag, &ok)) {
  }
}

void VoiceStream::Loop::connect(base::Time now) {
  phase_ = Phase::kConnecting;
  deadline_ = now + options_.connect_timeout;
  timed_out_ = false;
  foreign_ = false;
  call_ = std::make_unique<GrpcCall>(
      GrpcCall::Options{options_.address, options_.passcode, options_.keepalive_time,
                        options_.keepalive_timeout, judge_},
      events_, *this);
  call_->start();
}

void VoiceStream::Loop::on_started(bool ok) {
  if (!ok) {
    call_->finish();
    return;
  }
  wire::Hello hello = options_.hello;
  hello.resume_key = resume_key_;
  {
    const absl::MutexLock lock(&mutex_);
    hello.room = room_;
  }
  call_->read();
  call_->write(wire::encode_request(hello));
}

void VoiceStream::Loop::on_read(bool ok) {
  if (ok) {
    on_message(now_);
    call_->read();
  } else {
    call_->finish();
  }
}

void VoiceStream::Loop::on_written(bool ok) {
  if (ok) write_next(now_);
}

void VoiceStream::Loop::on_wake(bool /*ok*/) {
  bool leave = false;
  bool abort = false;
  {
    const absl::MutexLock lock(&mutex_);
    wake_pending_ = false;
    leave = leave_requested_;
    abort = abort_requested_;
  }
  if ((leave || abort) && phase_ == Phase::kWaiting) {
    close(std::nullopt);
    return;
  }
  if (abort || (leave && phase_ == Phase::kConnecting)) {
    leaving_ = true;
    deadline_ = base::Time::max();
    call_->cancel();
    return;
  }
  if (leave && !leaving_) {
    leaving_ = true;
    deadline_ = now_ + options_.leave_timeout;
  }
  write_next(now_);
}

void VoiceStream::Loop::on_deadline(base::Time now) {
  deadline_ = base::Time::max();
  if (phase_ == Phase::kWaiting) {
    connect(now);
    return;
  }
  timed_out_ = true;
  call_->cancel();
}

void VoiceStream::Loop::write_next(base::Time now) {
  if (phase_ != Phase::kEstablished || call_->writing() || half_closed_) return;
  if (const std::optional<std::string> bytes = queue_.pop(now)) {
    call_->write(*bytes);
  } else if (leaving_) {
    half_closed_ = true;
    call_->half_close();
  }
}

void VoiceStream::Loop::close(std::optional<Failure> failure) {
  phase_ = Phase::kClosed;
  deadline_ = base::Time::max();
  handler_.on_closed(std::move(failure));
}

}  // namespace comcat::transport
