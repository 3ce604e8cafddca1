#include "comcat/transport/stream_course.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "comcat/wire/hello_proof.h"
#include "comcat/wire/limits.h"

namespace comcat::transport {
namespace {

using Phase = StreamPhase;

constexpr int kMaxNamesakes = 9;  // then one's own name again: it may be free by then

/// Whatever end comes then is no failure.
bool owner_leaves(Phase phase) {
  return phase == Phase::kLeaving || phase == Phase::kGoodbye || phase == Phase::kHungUp;
}

/// Of a call that ended in `phase`, not at its owner's wish.
Failure failure_of(const StreamCourse::End& end, Phase phase, bool tls,
                   std::chrono::milliseconds patience, const base::Address& address) {
  if (!end.refusal.empty()) return {FailureKind::kRefused, end.refusal, "", false};
  StreamEnd cause;
  cause.address = address;
  cause.tls = tls;
  cause.welcomed = phase == Phase::kEstablished;
  cause.timed_out = phase == Phase::kGivenUp;
  cause.waited_s = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(patience).count());
  const bool foreign = phase == Phase::kForeign;
  cause.code = foreign ? absl::StatusCode::kUnimplemented : end.status.code();
  cause.message = std::string(end.status.message());
  return classify(cause);
}

std::vector<base::Address> all_addresses(const StreamCourse::Options& options) {
  std::vector<base::Address> all{options.address};
  all.insert(all.end(), options.others.begin(), options.others.end());
  return all;
}

}  // namespace

StreamCourse::StreamCourse(Options options, Reconnect reconnect)
    : options_(std::move(options)),
      reconnect_(std::move(reconnect)),
      destinations_(all_addresses(options_), options_.tls) {}

StreamCourse::Action StreamCourse::on_connected(const Place& place) {
  if (phase_ != Phase::kConnecting) return {};
  enter(Phase::kGreeting, deadline_);
  said_ = options_.hello;
  if (destinations_.may_have_key()) said_.resume_key = resume_key_;
  said_.room = place.room;
  said_.last_text = place.last_text;
  said_.room_passcode = place.passcode;
  said_.new_room = said_.new_room && place.room.empty();
  said_.name = name();
  if (reconnect_.comes_back()) said_.pair_code.clear();  // it has been used
  return SayHello{said_};
}

StreamCourse::Action StreamCourse::on_nonce(const std::string& nonce,
                                            const std::string& fingerprint) {
  if (phase_ != Phase::kGreeting || said_.key.empty()) return {};
  return Prove{wire::proof_text(said_, nonce, fingerprint)};
}

StreamCourse::Action StreamCourse::on_welcome(wire::Welcome welcome) {
  if (phase_ != Phase::kGreeting) return {};
  enter(Phase::kEstablished, base::Time::max());
  resume_key_ = welcome.resume_key;
  destinations_.reached(welcome.others);
  attempts_ = 0;
  is_sent_away_ = false;
  namesake_ = 1;
  reconnect_.on_welcome();
  return GiveWelcome{std::move(welcome)};
}

StreamCourse::Action StreamCourse::on_malformed() {
  if (phase_ != Phase::kGreeting) return {};  // of a later version, perhaps: to be ignored
  return cancel(Phase::kForeign);
}

StreamCourse::Action StreamCourse::on_drained() {
  if (phase_ != Phase::kLeaving) return {};
  enter(Phase::kGoodbye, deadline_);
  return HalfClose{};
}

StreamCourse::Action StreamCourse::on_deadline(base::Time now) {
  switch (phase_) {
    case Phase::kWaiting:
      enter(Phase::kConnecting, now + patience());
      return Connect{};
    case Phase::kConnecting:
    case Phase::kGreeting:
      return cancel(Phase::kGivenUp);
    case Phase::kLeaving:
    case Phase::kGoodbye:
      return cancel(Phase::kHungUp);
    case Phase::kEstablished:
    case Phase::kGivenUp:
    case Phase::kForeign:
    case Phase::kHungUp:
    case Phase::kClosed:
      break;
  }
  return {};
}

StreamCourse::Action StreamCourse::on_end(const End& end, base::Time now) {
  if (phase_ == Phase::kWaiting || phase_ == Phase::kClosed) return {};  // no call has ended
  if (owner_leaves(phase_)) return close(std::nullopt);
  Failure failure = failure_of(end, phase_, options_.tls, patience(), address());
  if (phase_ == Phase::kGreeting && absl::IsAlreadyExists(end.status) && reconnect_.comes_back()) {
    failure.worth_retrying = true;
    namesake_ = namesake_ % kMaxNamesakes + 1;
  }
  if (try_next(failure, now)) return {};
  turn(failure);
  const Reconnect::Decision decision = reconnect_.on_end(failure, now);
  if (!decision.retry_at) return close(none_answers(std::move(failure)));
  enter(Phase::kWaiting, *decision.retry_at);
  if (!decision.announce) return {};
  return GiveInterruption{std::move(failure)};
}

void StreamCourse::turn(Failure& failure) {
  if (phase_ == Phase::kEstablished) return destinations_.lost(is_sent_away_);
  ++attempts_;
  if (failure.worth_retrying) return destinations_.next();
  // Another of the cluster may take the call all the same.
  failure.worth_retrying = destinations_.knows_others() && destinations_.drop();
}

std::chrono::milliseconds StreamCourse::patience() const {
  if (!reconnect_.comes_back() || destinations_.count() == 1) return options_.connect_timeout;
  constexpr std::size_t kMostRounds = 8;
  const std::size_t rounds = std::min(attempts_ / destinations_.count(), kMostRounds);
  return std::min(options_.connect_timeout, kPatienceWithEach * (1U << rounds));
}

void StreamCourse::on_event(const wire::Event& event) {
  if (phase_ != Phase::kEstablished) return;
  if (const auto* const others = std::get_if<wire::OtherServers>(&event)) {
    destinations_.learn(others->servers);
  } else if (const auto* const draining = std::get_if<wire::Draining>(&event)) {
    is_sent_away_ = draining->elsewhere;
  }
}

StreamCourse::Action StreamCourse::leave(base::Time now) {
  if (phase_ == Phase::kEstablished) {
    enter(Phase::kLeaving, now + options_.leave_timeout);
    return {};
  }
  if (owner_leaves(phase_)) return {};
  return hang_up();
}

StreamCourse::Action StreamCourse::hang_up() {
  if (phase_ == Phase::kWaiting) return close(std::nullopt);
  if (phase_ == Phase::kHungUp || phase_ == Phase::kClosed) return {};
  return cancel(Phase::kHungUp);
}

bool StreamCourse::may_send() const {
  return phase_ == Phase::kEstablished || phase_ == Phase::kLeaving;
}

bool StreamCourse::may_hear() const {
  return may_send() || phase_ == Phase::kGoodbye;
}

bool StreamCourse::try_next(const Failure& failure, base::Time now) {
  const bool helps = failure.worth_retrying && !reconnect_.comes_back();
  if (!helps || sentences_.size() + 1 == destinations_.count()) return false;
  sentences_.push_back(failure.sentence);
  destinations_.next();
  enter(Phase::kWaiting, now);
  return true;
}

Failure StreamCourse::none_answers(Failure last) const {
  if (sentences_.empty() || reconnect_.comes_back() || !last.worth_retrying) return last;
  std::string all = "no server of " + std::to_string(destinations_.count()) + " takes the call: ";
  for (const std::string& sentence : sentences_) all += sentence + "; ";
  last.sentence = all + last.sentence;
  return last;
}

std::string StreamCourse::name() const {
  if (namesake_ == 1) return options_.hello.name;
  const std::string numbered = options_.hello.name + " " + std::to_string(namesake_);
  return wire::check_name(numbered).ok() ? numbered : options_.hello.name;  // no room for more
}

void StreamCourse::enter(StreamPhase next, base::Time deadline) {
  assert(may_follow(phase_, next));
  phase_ = next;
  deadline_ = deadline;
}

StreamCourse::Action StreamCourse::cancel(StreamPhase why) {
  enter(why, base::Time::max());
  return Cancel{};
}

StreamCourse::Action StreamCourse::close(std::optional<Failure> failure) {
  enter(Phase::kClosed, base::Time::max());
  return GiveClosing{std::move(failure)};
}

}  // namespace comcat::transport
