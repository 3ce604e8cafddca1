#include "stream_loop.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <utility>

#include "comcat/base/thread_priority.h"
#include "comcat/rpc/deadline.h"
#include "comcat/wire/convert.h"

namespace comcat::transport {
namespace {

std::function<double()> or_entropy(std::function<double()> random) {
  if (random) return random;
  return [engine = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
  };
}

StreamCourse make_course(const VoiceStream::Options& options) {
  wire::Hello hello = options.hello;
  if (options.key) hello.key = options.key->public_key();
  return {{options.address, options.others, std::move(hello), options.tls, options.connect_timeout,
           options.leave_timeout},
          Reconnect(Backoff(options.backoff, or_entropy(options.random)))};
}

}  // namespace

VoiceStream::Loop::Loop(const Options& options, StreamHandler& handler)
    : options_(options),
      key_(options.key),
      handler_(handler),
      tasks_(events_),
      inbox_(options.queue,
             {options.hello.room, options.hello.last_text, options.hello.room_passcode},
             [this] { tasks_.post([this] { on_wake(); }); }),
      ways_(inbox_, handler, options.datagrams),
      course_(make_course(options)) {}

VoiceStream::Loop::~Loop() {
  if (!thread_.joinable()) {
    shut_queue();
    return;
  }
  inbox_.hang_up();
  {
    // The thread may be busy in gRPC, with a server that sends without end.
    const absl::MutexLock lock(&cut_mutex_);
    if (call_) call_->cut();
  }
  thread_.join();
}

void VoiceStream::Loop::start() {
  thread_ = std::jthread([this] {
    base::ask_for_realtime_priority();
    run();
  });
}

VoiceStream::Stats VoiceStream::Loop::stats() const {
  Stats out;
  inbox_.add_to(out);
  ways_.add_to(out);
  out.malformed_messages = malformed_.load(std::memory_order_relaxed);
  return out;
}

// ---- the thread

void VoiceStream::Loop::run() {
  while (course_.phase() != StreamPhase::kClosed) {
    void* tag = nullptr;
    bool ok = false;
    const base::Time of_call = call_ ? call_->next_deadline() : base::Time::max();
    const base::Time next =
        std::min({course_.next_deadline(), acknowledgements_.next_deadline(), of_call});
    const base::Duration left = next - base::steady_now();
    const auto event = events_.AsyncNext(&tag, &ok, rpc::deadline_in(left));
    now_ = base::steady_now();
    if (event == grpc::CompletionQueue::GOT_EVENT) {
      static_cast<rpc::Completion*>(tag)->complete(ok);
    } else if (now_ >= course_.next_deadline()) {
      perform(course_.on_deadline(now_));
    }
    if (call_) call_->step(now_);
    acknowledge();
  }
  shut_queue();
}

void VoiceStream::Loop::shut_queue() {
  tasks_.close();
  events_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (events_.Next(&tag, &ok)) {
  }
}

void VoiceStream::Loop::on_wake() {
  const StreamInbox::Wishes wishes = inbox_.look();
  if (wishes.hang_up) {
    perform(course_.hang_up());
  } else if (wishes.leave) {
    perform(course_.leave(now_));
  }
  write_next();
}

void VoiceStream::Loop::on_started(bool ok) {
  if (!ok) {
    call_->finish();
    return;
  }
  call_->read_headers();
  perform(course_.on_connected(inbox_.place()));
}

void VoiceStream::Loop::on_headers() {
  const std::string nonce = call_->header(wire::kNonceKey);
  if (!nonce.empty()) perform(course_.on_nonce(nonce, judge_ ? judge_->fingerprint() : ""));
  call_->read();
}

void VoiceStream::Loop::on_read(bool ok) {
  if (!ok) {
    call_->finish();
    return;
  }
  on_message();
  call_->read();
}

void VoiceStream::Loop::on_written(bool ok) {
  if (!ok) return;
  write_proof();
  write_next();
}

void VoiceStream::Loop::write_proof() {
  if (!proof_.empty() && !call_->writing()) call_->write(std::exchange(proof_, {}));
}

void VoiceStream::Loop::on_ended() {
  give_notices();
  inbox_.shut();
  acknowledgements_.reset();
  const std::unique_ptr<GrpcCall> ended = exchange_call(nullptr);
  const grpc::Status& status = ended->status();
  StreamCourse::End end;
  end.status = {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
  if (judge_) end.refusal = judge_->refusal();
  perform(course_.on_end(end, now_));
}

GrpcCall::Options VoiceStream::Loop::call_options(const Destination& to) {
  GrpcCall::Options out{to.address,
                        options_.passcode,
                        options_.host_passcode,
                        options_.keepalive_time,
                        options_.keepalive_timeout,
                        nullptr};
  if (!options_.tls) return out;
  TrustOptions trust = options_.trust;
  trust.address = to.address;
  trust.told_fingerprint = to.fingerprint;
  if (!to.fingerprint.empty()) {
    out.judge = std::make_shared<CertificateJudge>(std::move(trust));
    return out;
  }
  std::shared_ptr<CertificateJudge>& judge = judges_[base::to_string(to.address)];
  if (!judge) judge = std::make_shared<CertificateJudge>(std::move(trust));
  out.judge = judge;
  return out;
}

std::unique_ptr<GrpcCall> VoiceStream::Loop::exchange_call(std::unique_ptr<GrpcCall> next) {
  const absl::MutexLock lock(&cut_mutex_);
  return std::exchange(call_, std::move(next));
}

void VoiceStream::Loop::on_message() {
  const std::optional<rpc::Contiguous> message = call_->received();
  if (!message) return;
  absl::StatusOr<wire::Numbered> numbered = wire::parse_numbered(message->bytes());
  if (!numbered.ok()) {
    malformed_.fetch_add(1, std::memory_order_relaxed);
    perform(course_.on_malformed());
    return;
  }
  if (auto* const welcome = std::get_if<wire::Welcome>(&numbered->response)) {
    perform(course_.on_welcome(std::move(*welcome)));
  } else if (course_.may_hear()) {
    hand_on(std::move(numbered->response));
  }
  acknowledgements_.received(numbered->number, now_);
}

void VoiceStream::Loop::acknowledge() {
  const std::optional<std::uint64_t> number = acknowledgements_.take_due(now_);
  if (!number || !course_.may_send()) return;
  inbox_.acknowledge(wire::encode_request(wire::Command{0, wire::Acknowledge{*number}}));
  write_next();
}

void VoiceStream::Loop::hand_on(wire::Response response) {
  if (auto* const packets = std::get_if<wire::VoicePackets>(&response)) {
    ways_.on_voice(std::move(*packets));
  } else if (const auto* const report = std::get_if<wire::DatagramReport>(&response)) {
    ways_.told(*report);
  } else if (auto* const outcome = std::get_if<wire::Outcome>(&response)) {
    handler_.on_outcome(std::move(*outcome));
  } else if (auto* const events = std::get_if<wire::Events>(&response)) {
    for (wire::Event& event : *events) {
      course_.on_event(event);
      handler_.on_event(std::move(event));
    }
  }
}

void VoiceStream::Loop::write_next() {
  if (!course_.may_send() || call_->writing()) return;
  if (const std::optional<std::string> bytes = inbox_.pop(call_->backlog(), now_)) {
    call_->write(*bytes);
  } else {
    perform(course_.on_drained());
  }
}

void VoiceStream::Loop::give_notices() {
  if (!judge_) return;
  for (std::string& sentence : judge_->take_notices()) {
    handler_.on_notice(std::move(sentence));
  }
}

// ---- what the course wants done

struct VoiceStream::Loop::Doer {
  using Course = StreamCourse;

  Loop& loop;

  void operator()(std::monostate /*nothing*/) const {}
  void operator()(const Course::Connect& /*action*/) const {
    loop.proof_.clear();
    const GrpcCall::Options options = loop.call_options(loop.course_.destination());
    loop.judge_ = options.judge;
    std::ignore = loop.exchange_call(std::make_unique<GrpcCall>(options, loop.events_, loop));
    loop.call_->start();
  }
  void operator()(const Course::SayHello& action) const {
    loop.call_->write(wire::encode_request(action.hello));
  }
  void operator()(const Course::Prove& action) const {
    wire::Hello proof;
    proof.signature = loop.key_->sign(action.text);
    loop.proof_ = wire::encode_request(proof);
    loop.write_proof();
  }
  void operator()(Course::GiveWelcome& action) const {
    loop.give_notices();
    loop.inbox_.open();
    loop.ways_.begin(action.welcome, loop.call_->peer());
    loop.inbox_.arrive(action.welcome.room);
    loop.handler_.on_welcome(std::move(action.welcome), loop.course_.address());
    loop.write_next();
  }
  void operator()(const Course::HalfClose& /*action*/) const { loop.call_->half_close(); }
  void operator()(const Course::Cancel& /*action*/) const { loop.call_->cancel(); }
  void operator()(Course::GiveInterruption& action) const {
    loop.handler_.on_interrupted(std::move(action.failure));
  }
  void operator()(Course::GiveClosing& action) const {
    loop.ways_.end();
    loop.handler_.on_closed(std::move(action.failure));
  }
};

void VoiceStream::Loop::perform(StreamCourse::Action action) {
  std::visit(Doer{*this}, action);
}

}  // namespace comcat::transport
