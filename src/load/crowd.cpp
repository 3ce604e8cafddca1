#include "crowd.h"

#include <chrono>
#include <cmath>
#include <utility>

#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/load/join_failure.h"

#include "absl/time/time.h"
#include "credentials.h"

namespace comcat::load {
namespace {

constexpr std::chrono::seconds kJoinPatience{10};  // without anybody getting in
constexpr std::chrono::seconds kProgressInterval{1};
constexpr absl::Duration kQuiet = absl::Milliseconds(200);
constexpr int kMaxQuietWaits = 50;
constexpr std::chrono::seconds kLeavePatience{5};

/// Judges by --trust; null where there is nothing to judge.
std::shared_ptr<transport::CertificateJudge> make_judge(const Options& options) {
  if (options.trust.empty()) return nullptr;
  transport::TrustOptions trust;
  trust.address = options.address;
  trust.only_fingerprint = options.trust;
  return std::make_shared<transport::CertificateJudge>(std::move(trust));
}

}  // namespace

Crowd::Crowd(const Options& options, Window& window)
    : options_(options), window_(window), judge_(make_judge(options)) {
  const auto credentials = make_credentials(options.insecure, judge_);
  Observer& observer = *this;
  for (std::size_t i = 0; i < options.threads; ++i) {
    receivers_.push_back(std::make_unique<Receiver>());
  }
  for (std::size_t i = 0; i < options.clients; ++i) {
    Receiver& receiver = *receivers_[i % receivers_.size()];
    listeners_.push_back(
        std::make_unique<Listener>(static_cast<std::uint32_t>(i), window_, receiver.tally()));
    if (i >= first_flooder()) listeners_.back()->exclude();
    clients_.push_back(std::make_unique<Client>(seat(i), options_, credentials, receiver,
                                                *listeners_.back(), observer));
  }
}

Crowd::~Crowd() {
  leave();
}

Client::Seat Crowd::seat(std::size_t index) const {
  const base::Address& server = address_of(index);
  if (options_.original) return {index, "", "", false, server};
  const std::string mine = "load-" + std::to_string(getpid()) + "-";
  return {index, mine + std::to_string(index), mine + std::to_string(index % options_.rooms),
          takes_datagrams(index), server};
}

const base::Address& Crowd::address_of(std::size_t index) const {
  return index < options_.speakers ? options_.speakers_address : options_.address;
}

/// Those who do without are spread evenly over all.
bool Crowd::takes_datagrams(std::size_t index) const {
  const auto streams_up_to = [this](std::size_t count) {
    return std::floor(static_cast<double>(count) * options_.stream_share);
  };
  const bool by_stream = streams_up_to(index + 1) > streams_up_to(index);
  return options_.datagrams && !options_.insecure && !by_stream;
}

void Crowd::joined(std::size_t /*client*/, const wire::Welcome& welcome) {
  const absl::MutexLock lock(&mutex_);
  ++joined_;
  if (welcome.max_speakers > 0) max_speakers_ = welcome.max_speakers;
}

void Crowd::ended(std::size_t client, bool welcomed, const absl::Status& status) {
  const absl::MutexLock lock(&mutex_);
  ++ended_;
  if (leaving_) return;
  ++(client < first_flooder() ? lost_ : client < first_stalled() ? flooders_lost_ : stalled_lost_);
  if (failure_) return;
  failure_ = end_of_call(client);
  failure_->welcomed = welcomed;
  failure_->code = status.code();
  failure_->message = status.ok() ? "the server ended the stream" : std::string(status.message());
}

transport::StreamEnd Crowd::end_of_call(std::size_t client) const {
  transport::StreamEnd end;
  end.address = address_of(client);
  end.tls = !options_.insecure;
  return end;
}

absl::Status Crowd::join(const std::function<void(const std::string&)>& progress) {
  base::Time said = base::steady_now();
  base::Time last_joined = said;
  for (std::size_t in = 0; in < clients_.size();) {
    // Were all to try at once, one wrong passcode would ban the address.
    const std::size_t parallel = in == 0 ? 1 : options_.connect_parallel;
    while (started_ < clients_.size() && started_ - in < parallel) {
      clients_[started_++]->start();
    }
    const absl::MutexLock lock(&mutex_);
    const auto news = [this, in]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return joined_ > in || ended_ > 0;
    };
    const bool moved =
        mutex_.AwaitWithTimeout(absl::Condition(&news), absl::FromChrono(kProgressInterval));
    if (ended_ > 0) return explain(*failure_, joined_);
    if (moved) last_joined = base::steady_now();
    in = joined_;
    if (base::steady_now() - last_joined > kJoinPatience) {
      transport::StreamEnd silence = end_of_call(in);
      silence.timed_out = true;
      silence.waited_s = static_cast<int>(kJoinPatience.count());
      return explain(silence, in);
    }
    if (base::steady_now() - said > kProgressInterval) {
      said = base::steady_now();
      progress("joined " + std::to_string(in) + " of " + std::to_string(clients_.size()));
    }
  }
  return absl::OkStatus();
}

absl::Status Crowd::explain(const transport::StreamEnd& end, std::size_t in) const {
  // gRPC says of a certificate only that it is not trusted.
  if (judge_ && !judge_->refusal().empty()) return absl::PermissionDeniedError(judge_->refusal());
  return join_failure(end, in, clients_.size());
}

void Crowd::settle() {
  std::uint64_t before = 0;
  for (int i = 0; i < kMaxQuietWaits; ++i) {
    std::uint64_t now = 0;
    for (const auto& receiver : receivers_) now += receiver->tally().responses;
    if (i > 0 && now == before) return;
    before = now;
    const absl::MutexLock lock(&mutex_);
    const auto over = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ended_ > 0; };
    if (mutex_.AwaitWithTimeout(absl::Condition(&over), kQuiet)) return;
  }
}

std::uint64_t Crowd::max_speakers() const {
  const absl::MutexLock lock(&mutex_);
  return max_speakers_;
}

std::uint64_t Crowd::delivered() const {
  std::uint64_t sum = 0;
  for (const auto& receiver : receivers_) sum += receiver->tally().delivered;
  return sum;
}

std::vector<std::chrono::nanoseconds> Crowd::thread_cpu() {
  std::vector<std::chrono::nanoseconds> used;
  for (const auto& receiver : receivers_) {
    used.push_back(receiver->cpu());
    used.push_back(receiver->datagrams().cpu());
  }
  return used;
}

void Crowd::flood() {
  wire::VoicePacket frame;
  frame.level_dbov = 0;                              // the loudest there is
  frame.payload = std::string(options_.bytes, 'f');  // no stamp: nobody counts it
  for (std::size_t i = first_flooder(); i < first_stalled(); ++i) clients_[i]->flood(frame);
}

void Crowd::stall() {
  for (std::size_t i = first_stalled(); i < clients_.size(); ++i) clients_[i]->pause();
}

void Crowd::resume() {
  for (std::size_t i = first_stalled(); i < clients_.size(); ++i) {
    listeners_[i]->resume();
    clients_[i]->resume();
  }
}

bool Crowd::await_end(std::chrono::seconds patience) {
  const absl::MutexLock lock(&mutex_);
  const auto over = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ended_ == started_; };
  return mutex_.AwaitWithTimeout(absl::Condition(&over), absl::FromChrono(patience));
}

void Crowd::leave() {
  bool everyone_is_in = false;
  {
    const absl::MutexLock lock(&mutex_);
    if (std::exchange(leaving_, true)) return;
    everyone_is_in = joined_ == clients_.size();
  }
  for (std::size_t i = 0; i < started_; ++i) {
    everyone_is_in ? clients_[i]->leave() : clients_[i]->cancel();
  }
  if (!await_end(kLeavePatience)) {
    for (std::size_t i = 0; i < started_; ++i) clients_[i]->cancel();
    std::ignore = await_end(kLeavePatience);
  }
  for (const auto& receiver : receivers_) receiver->join();
}

void Crowd::add_to(Report& report) const {
  for (const auto& receiver : receivers_) {
    const Tally& tally = receiver->tally();
    report.delivered += tally.delivered;
    report.messages += tally.messages;
    report.by_datagram += tally.by_datagram;
    report.unexpected += tally.unexpected;
    report.duplicates += tally.duplicates;
    report.reordered += tally.reordered;
    report.latency.merge(tally.latency);
  }
  const absl::MutexLock lock(&mutex_);
  report.lost_streams = lost_;
  report.flooders_closed = flooders_lost_;
  if (options_.stalled == 0) return;
  StallReport& stall = report.stall.emplace();
  stall.closed = stalled_lost_;
  for (std::size_t i = first_stalled(); i < listeners_.size(); ++i) {
    const auto& ages = listeners_[i]->ages();
    if (!ages) continue;
    ++stall.resumed;
    stall.first_age.add(ages->first);
    stall.oldest_age.add(ages->oldest);
    stall.stale_frames += ages->stale_frames;
  }
}

}  // namespace comcat::load
