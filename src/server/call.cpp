#include "call.h"

#include <cassert>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/base/secret.h"
#include "comcat/rpc/bytes.h"
#include "comcat/server/admission_address.h"
#include "comcat/wire/convert.h"

#include "refused.h"
#include "shard.h"

namespace comcat::server {
namespace {

using base::LogLevel;

constexpr std::chrono::seconds kFinishTimeout{5};
constexpr std::chrono::seconds kWriteIsStuck{1};

grpc::Status to_grpc(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

std::optional<std::string> metadata_of(const grpc::ServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  return std::string(found->second.data(), found->second.size());
}

absl::StatusOr<wire::Request> parse(const grpc::ByteBuffer& message) {
  if (message.Length() > wire::kMaxMessageBytes) {
    return absl::ResourceExhaustedError("a message of " + std::to_string(message.Length()) +
                                        " bytes; at most " +
                                        std::to_string(wire::kMaxMessageBytes) + " are allowed");
  }
  const std::optional<rpc::Contiguous> whole = rpc::Contiguous::of(message);
  if (!whole) return absl::InvalidArgumentError("a request that cannot be read");
  return wire::parse_request(whole->bytes());
}

base::Duration thread_cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Tells the load what the write in its scope costs, if that is one of those to be measured.
class WriteCost {
 public:
  explicit WriteCost(SendLoad& load) : load_(load), measures_(load.measures_next()) {
    if (measures_) began_ = thread_cpu_time();
  }
  ~WriteCost() {
    if (measures_) load_.measured(thread_cpu_time() - began_);
  }
  WriteCost(const WriteCost&) = delete;
  WriteCost& operator=(const WriteCost&) = delete;

 private:
  SendLoad& load_;
  const bool measures_;
  base::Duration began_{};
};

}  // namespace

void Call::expect(Shard& shard) {
  new Call(shard);  // deletes itself
}

Call::Call(Shard& shard) : shard_(shard), stream_(&context_) {
  context_.AsyncNotifyWhenDone(&done_);
  shard_.request(context_, stream_, accepted_.begin());
}

Call::~Call() {
  shard_.forget(*this);
  if (phase_ != CallPhase::kExpected) shard_.call_ended();
}

void Call::enter(CallPhase phase) {
  assert(may_follow(phase_, phase));
  phase_ = phase;
}

void Call::on_accepted(bool ok) {
  if (!ok) return;  // the server shuts down; nothing else is pending
  done_.begin();
  shard_.call_began();
  expect(shard_);
  account_ = shard_.guests().account_of(context_.peer());
  account_->stream_began();
  admit(admission_address(context_.peer()));
}

void Call::admit(const std::string& address) {
  if (shard_.draining()) {
    turn_away(absl::UnavailableError(Hub::kShuttingDown));
    return;
  }
  if (const absl::Status banned = shard_.hub().check_ban(address); !banned.ok()) {
    refuse(address, banned);
    return;
  }
  std::optional<std::string> passcode = metadata_of(context_, wire::kPasscodeKey);
  std::optional<std::string> of_hosts = metadata_of(context_, wire::kHostPasscodeKey);
  absl::StatusOr<Admission::Pass> pass =
      shard_.admission().admit(address, passcode, shard_.now(), of_hosts);
  for (std::optional<std::string>* const secret : {&passcode, &of_hosts}) {
    if (*secret) base::wipe(**secret);
  }
  if (!pass.ok()) {
    refuse(address, pass.status());
    return;
  }
  enter(CallPhase::kOpen);
  account_->caller_came();
  shard_.doorman().admitted(context_.peer());
  pass_ = std::move(*pass);
  caller_.emplace(*this, address, shard_.caller_limits());
  caller_->who.host = pass_->is_host();
  shard_.hub().open(*caller_, shard_.now());
  give_nonce();
  base::log(LogLevel::kInfo, "admitted",
            {{"session", caller_->who.number},
             {"address", address},
             {"free_slots", shard_.admission().slots().free()}});
  read();
}

/// At once, so that the proof of a hello costs its caller one round trip and no more.
void Call::give_nonce() {
  caller_->device.nonce = Device::make_nonce();
  context_.AddInitialMetadata(wire::kNonceKey, caller_->device.nonce);
  stream_.SendInitialMetadata(greeted_.begin());
}

/// Where it has not gone out, neither does what follows.
void Call::on_greeted(bool /*ok*/) {}

/// Answers a stream that takes no slot, at once.
void Call::turn_away(const absl::Status& why) {
  enter(CallPhase::kRefused);
  shard_.doorman().refused(context_.peer());
  finish(why);
}

void Call::refuse(const std::string& address, const absl::Status& why) {
  enter(CallPhase::kRefused);
  shard_.doorman().refused(context_.peer());
  note_refused(shard_.metrics(), reason_of(why), address, why);
  last_word_ = why;
  const bool slowed = !absl::IsResourceExhausted(why);
  shard_.expire_at(*this, shard_.now() + (slowed ? shard_.admission().failure_delay()
                                                 : std::chrono::milliseconds(0)));
}

void Call::expire() {
  switch (phase_) {
    case CallPhase::kExpected:
      break;
    case CallPhase::kOpen:
      stream_.Read(&incoming_, read_.begin());
      break;
    case CallPhase::kRefused:
    case CallPhase::kClosing:
      finish(last_word_);
      break;
    case CallPhase::kEnding:
      context_.TryCancel();
      break;  // he reads nothing, not even why
  }
}

/// Who sends too much is read later: it is then gRPC's flow control that holds it back.
void Call::read() {
  if (caller_->conduct.read_after() > shard_.now()) {
    shard_.expire_at(*this, caller_->conduct.read_after());
  } else {
    stream_.Read(&incoming_, read_.begin());
  }
}

void Call::on_read(bool ok) {
  if (phase_ != CallPhase::kOpen) return;
  if (!ok) {
    say_the_rest();
    return;
  }
  account_->message_in(incoming_.Length());
  absl::StatusOr<wire::Request> request = parse(incoming_);
  absl::Status status = request.ok()
                            ? shard_.hub().receive(*caller_, std::move(*request), shard_.now())
                            : request.status();
  // gRPC's buffer is free for what comes next.
  incoming_.Clear();
  if (phase_ != CallPhase::kOpen) return;  // the hub closed it in passing
  if (status.ok()) {
    read();
    return;
  }
  if (!request.ok()) {
    note_refused(shard_.metrics(), Refusal::kProtocol, caller_->address, status);
  }
  leave(wire::LeaveReason::kClosed);
  close(status);
}

void Call::wake() {
  if (!written_.pending() && phase_ != CallPhase::kEnding) write_next();
}

void Call::write_next() {
  const base::Time now = shard_.now();
  const std::uint64_t dropped_before = caller_->listener.voice.dropped();
  const auto age = std::chrono::duration_cast<std::chrono::microseconds>(
      caller_->listener.voice.oldest_age(now));
  const StreamMessage message = caller_->listener.take(now);
  const std::uint64_t dropped = caller_->listener.voice.dropped() - dropped_before;
  if (dropped > 0) shard_.metrics().dropped(Drop::kQueueOverflow, dropped);
  if (message.parts.empty()) {
    if (phase_ == CallPhase::kClosing && caller_->unanswered == 0) finish(last_word_);
    return;
  }
  shard_.metrics().messages_out.fetch_add(1, std::memory_order_relaxed);
  if (message.frames > 0) {
    shard_.metrics().frames_out.fetch_add(message.frames, std::memory_order_relaxed);
    shard_.metrics().queue_age.add(age.count());
  }
  caller_->listener.write_started = now;
  const grpc::ByteBuffer outgoing = shard_.slices().to_buffer(message.parts, message.shared);
  shard_.metrics().bytes_out.fetch_add(outgoing.Length(), std::memory_order_relaxed);
  const WriteCost cost(shard_.hub().send_load());
  account_->message_out(outgoing.Length());
  stream_.Write(outgoing, grpc::WriteOptions().set_no_compression(), written_.begin());
}

void Call::on_written(bool ok) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      shard_.now() - caller_->listener.write_started);
  shard_.metrics().write_latency.add(took.count());
  caller_->listener.write_started = {};
  if (phase_ == CallPhase::kEnding) return;
  if (!ok) {
    leave(reason_of_loss());
    finish(absl::CancelledError("the connection was lost"));
    return;
  }
  write_next();
}

/// He says nothing more, but may wait for answers to what he has said. on_done() knows whether he
/// is there at all.
void Call::say_the_rest() {
  enter(CallPhase::kClosing);
  give_back_slot();
  last_word_ = absl::OkStatus();
  shard_.expire_at(*this, shard_.now() + kFinishTimeout);
  if (!written_.pending()) write_next();
}

void Call::close(const absl::Status& status) {
  give_back_slot();
  if (phase_ != CallPhase::kOpen) return;  // he has hung up, and his end is on the way
  enter(CallPhase::kClosing);
  last_word_ = status;
  const base::Time now = shard_.now();
  if (!written_.pending()) {
    write_next();
  } else if (now - caller_->listener.write_started > kWriteIsStuck) {
    finish(status);
  }
  shard_.expire_at(*this, now + kFinishTimeout);
}

void Call::finish(const absl::Status& status) {
  enter(CallPhase::kEnding);
  stream_.Finish(to_grpc(status), finished_.begin());
  shard_.expire_at(*this, shard_.now() + kFinishTimeout);
}

void Call::on_finished(bool /*ok*/) {}

void Call::on_done(bool /*ok*/) {
  leave(context_.IsCancelled() ? reason_of_loss() : wire::LeaveReason::kStopped);
  if (phase_ != CallPhase::kEnding) enter(CallPhase::kEnding);
}

/// The network's doing, or the server's own.
wire::LeaveReason Call::reason_of_loss() const {
  return account_->was_cut() ? wire::LeaveReason::kClosed : wire::LeaveReason::kLost;
}

void Call::leave(wire::LeaveReason reason) {
  if (caller_ && caller_->open) {
    shard_.hub().leave(*caller_, reason, shard_.now());
  }
  give_back_slot();
}

void Call::give_back_slot() {
  if (!pass_) return;
  pass_.reset();
  account_->caller_went();
  base::log(LogLevel::kInfo, "slots", {{"free_slots", shard_.admission().slots().free()}});
}

void Call::settle() {
  if (accepted_.pending() || greeted_.pending() || read_.pending() || written_.pending() ||
      finished_.pending() || done_.pending()) {
    return;
  }
  delete this;
}

}  // namespace comcat::server
