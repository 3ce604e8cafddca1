#include <utility>

#include "stream_loop.h"

namespace comcat::transport {

void VoiceStream::Loop::on_message(base::Time now) {
  const std::optional<rpc::Contiguous> message = call_->received();
  if (!message) return;
  absl::StatusOr<wire::Response> response = wire::parse_response(message->bytes());
  if (!response.ok()) {
    malformed_messages_.fetch_add(1, std::memory_order_relaxed);
    foreign_ = phase_ == Phase::kConnecting;
    if (foreign_) call_->cancel();
    return;
  }
  if (auto* const welcome = std::get_if<wire::Welcome>(&*response)) {
    if (phase_ == Phase::kConnecting) on_welcome(std::move(*welcome), now);
    return;
  }
  if (phase_ != Phase::kEstablished) return;
  if (auto* const frames = std::get_if<wire::VoicePackets>(&*response)) {
    received_frames_.fetch_add(frames->size(), std::memory_order_relaxed);
    handler_.on_voice(std::move(*frames));
  } else if (auto* const outcome = std::get_if<wire::Outcome>(&*response)) {
    handler_.on_outcome(std::move(*outcome));
  } else if (auto* const events = std::get_if<wire::Events>(&*response)) {
    for (wire::Event& event : *events) handler_.on_event(std::move(event));
  }
}

void VoiceStream::Loop::on_welcome(wire::Welcome welcome, base::Time now) {
  give_notices();
  phase_ = Phase::kEstablished;
  deadline_ = leaving_ ? now + options_.leave_timeout : base::Time::max();
  resume_key_ = welcome.resume_key;
  reconnect_.on_welcome();
  connected_.store(true, std::memory_order_release);
  handler_.on_welcome(std::move(welcome));
  write_next(now);
}

Failure VoiceStream::Loop::failure_of_ended_call() const {
  if (judge_ && !judge_->refusal().empty()) {
    return {FailureKind::kRefused, judge_->refusal(), false};
  }
  StreamEnd end;
  end.address = options_.address;
  end.tls = judge_ != nullptr;
  end.welcomed = phase_ == Phase::kEstablished;
  end.timed_out = timed_out_;
  end.waited_s =
      static_cast<int>(std::chrono::ceil<std::chrono::seconds>(options_.connect_timeout).count());
  end.code = static_cast<absl::StatusCode>(call_->status().error_code());
  end.message = call_->status().error_message();
  if (foreign_) end.code = absl::StatusCode::kUnimplemented;
  return classify(end);
}

void VoiceStream::Loop::on_ended() {
  give_notices();
  const Failure failure = failure_of_ended_call();
  connected_.store(false, std::memory_order_release);
  queue_.clear();
  call_.reset();
  half_closed_ = false;
  if (leaving_) {
    close(std::nullopt);
    return;
  }
  const Reconnect::Decision decision = reconnect_.on_end(failure, now_);
  if (!decision.retry_at) {
    close(failure);
    return;
  }
  phase_ = Phase::kWaiting;
  deadline_ = *decision.retry_at;
  if (decision.announce) handler_.on_interrupted(failure);
}

void VoiceStream::Loop::give_notices() {
  if (!judge_) return;
  for (std::string& sentence : judge_->take_notices()) handler_.on_notice(std::move(sentence));
}

}  // namespace comcat::transport
