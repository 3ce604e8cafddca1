// The hub under callers who send anything at any time, read when they like, and come and go.
// However they behave: queues stay bounded, every command is answered exactly once, nothing that is
// said is unsafe to print, the count of callers is right, and the hub never asks for a tick that is
// due already.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/base/text.h"
#include "comcat/server/hub.h"
#include "comcat/wire/convert.h"

#include "fuzz/fuzz.h"

namespace {

using namespace comcat;
using namespace comcat::server;
using std::chrono::milliseconds;

constexpr std::size_t kMaxCallers = 12;

class Caller final : public Link {
 public:
  Caller(const base::Time& clock, const SessionLimits& limits)
      : session(*this, "192.0.2.1", limits), clock_(clock) {}

  void wake() override {
    COMCAT_FUZZ_CHECK(!closed);
    if (reading) read();
  }
  void close(const absl::Status& status) override {
    COMCAT_FUZZ_CHECK(!status.ok() && !closed);
    COMCAT_FUZZ_CHECK(base::is_safe_text(std::string(status.message())));
    closed = true;
  }
  void read() {
    while (session.listener.ready()) {
      std::string message;
      const auto next = session.listener.take(clock_);
      for (const Payload& part : next.parts) message += *part;
      if (!message.empty()) hear(message);
    }
  }
  void asked(std::uint64_t trace_id) { ++owed_[trace_id]; }

  Session session;
  bool reading = true;
  bool closed = false;
  std::map<std::uint64_t, int> owed_;  // outcomes that are still to come, by trace id

 private:
  void hear(const std::string& message) {
    const auto response = wire::parse_response(std::as_bytes(std::span(message)));
    COMCAT_FUZZ_CHECK(response.ok());
    COMCAT_FUZZ_CHECK(!std::holds_alternative<wire::UnknownResponse>(*response));
    if (const auto* frames = std::get_if<wire::VoicePackets>(&*response)) {
      COMCAT_FUZZ_CHECK(!frames->empty() && !session.member.deafened);
      COMCAT_FUZZ_CHECK(message.size() <= VoiceQueue::kMaxBytes);
      for (const auto& frame : *frames) {
        COMCAT_FUZZ_CHECK(frame.speaker != 0 && frame.speaker != session.member.session);
      }
    } else if (const auto* outcome = std::get_if<wire::Outcome>(&*response)) {
      if (outcome->trace_id != 0) COMCAT_FUZZ_CHECK(--owed_[outcome->trace_id] >= 0);
    }
  }

  const base::Time& clock_;
};

class World {
 public:
  explicit World(fuzz::Input& input) : input_(input) {
    options_.max_rooms = 3;
    options_.max_speakers = 1 + input.choose(3);
    hub_.emplace(options_, metrics_);
  }

  void run() {
    while (!input_.empty() && steps_++ < 2000) {
      step();
      check();
    }
    hub_->drain(milliseconds(5000), now_);
    for (auto& caller : callers_) {
      COMCAT_FUZZ_CHECK(caller->closed || !caller->session.open);
      settle(*caller);
    }
    COMCAT_FUZZ_CHECK(hub_->sessions() == 0 && metrics_.rooms == 0 && metrics_.clients == 0);
  }

 private:
  void step() {
    switch (input_.choose(8)) {
      case 0:
        return come();
      case 1:
        return pass();
      case 2:
        return go(pick());
      case 3:
        return turn(pick());
      default:
        return send(pick());
    }
  }

  void come() {
    if (callers_.size() >= kMaxCallers) return;
    callers_.push_back(std::make_unique<Caller>(now_, options_.session));
    hub_->open(callers_.back()->session, now_);
  }

  /// From a moment to more than a month; the tick may be late.
  void pass() {
    const std::uint8_t how = input_.byte();
    now_ += how < 200 ? milliseconds(how) : std::chrono::minutes(1 << (how % 16));
    if (how % 4 != 0) hub_->tick(now_);
  }

  void go(Caller* caller) {
    if (caller == nullptr) return;
    hub_->leave(caller->session, static_cast<wire::LeaveReason>(input_.choose(5)), now_);
    if (input_.choose(2) == 0) return;  // leaves again later
    settle(*caller);
    std::erase_if(callers_, [&](const auto& it) { return it.get() == caller; });
  }

  void turn(Caller* caller) {
    if (caller == nullptr) return;
    caller->reading = !caller->reading;
    caller->session.listener.write_started = caller->reading ? base::Time{} : now_;
    if (caller->reading) caller->read();
  }

  void send(Caller* caller) {
    if (caller == nullptr) return;
    std::optional<wire::Request> request = make_request();
    if (!request) return;
    if (auto* command = std::get_if<wire::Command>(&*request)) {
      if (command->trace_id == 0) command->trace_id = 1;  // 0 is the server's own
      const bool answered =
          caller->session.open && caller->session.room != nullptr && !caller->session.original;
      if (answered) caller->asked(command->trace_id);
    }
    if (const auto* hello = std::get_if<wire::Hello>(&*request)) keys_.insert(hello->resume_key);
    const absl::Status status = hub_->receive(caller->session, std::move(*request), now_);
    if (!status.ok()) {
      COMCAT_FUZZ_CHECK(!caller->session.open);
      COMCAT_FUZZ_CHECK(base::is_safe_text(std::string(status.message())));
    }
    if (!caller->session.resume_key.empty()) keys_.insert(caller->session.resume_key);
  }

  std::optional<wire::Request> make_request() {
    switch (input_.choose(8)) {
      case 0: {  // whatever bytes may say
        const std::string_view bytes = input_.text(300);
        auto request = wire::parse_request(std::as_bytes(std::span(bytes)));
        return request.ok() ? std::optional(std::move(*request)) : std::nullopt;
      }
      case 1:
        return wire::Hello{std::string(input_.text(8)), std::string(input_.text(3)), key(),
                           input_.byte()};
      case 2:
        return wire::Hello{};
      case 3:
        return wire::Command{input_.number(), wire::SetMute{input_.choose(2) == 0}};
      case 4:
        return wire::Command{input_.number(), wire::SetDeafen{input_.choose(2) == 0}};
      case 5:
        return wire::Command{input_.number(), wire::JoinRoom{std::string(input_.text(2))}};
      case 6:
        return wire::Command{input_.number(), wire::Say{std::string(2000, 'x')}};
      default:
        return voice();
    }
  }

  wire::VoiceUp voice() {
    wire::VoiceUp out;
    out.packet.sequence = input_.byte();
    out.packet.timestamp = input_.byte();
    out.packet.level_dbov = input_.byte();
    out.packet.payload = std::string(std::max(1, 5 * input_.byte()), 'v');
    out.packet.duration_samples = 120 * (input_.byte() % 49U);
    out.original_name = std::string(input_.text(40));
    return out;
  }

  std::string key() {
    const std::size_t which = input_.choose(keys_.size() + 1);
    return which == keys_.size() ? "" : *std::next(keys_.begin(), static_cast<long>(which));
  }

  Caller* pick() {
    return callers_.empty() ? nullptr : callers_[input_.choose(callers_.size())].get();
  }

  /// Reads what is left: who was not cut off has had every answer, the others none twice.
  static void settle(Caller& caller) {
    caller.read();
    if (caller.closed || !caller.session.open) return;
    for (const auto& [trace_id, owed] : caller.owed_) COMCAT_FUZZ_CHECK(owed == 0);
  }

  void check() {
    std::size_t open = 0;
    for (const auto& caller : callers_) {
      open += caller->session.open ? 1 : 0;
      COMCAT_FUZZ_CHECK(!caller->closed || !caller->session.open);
      COMCAT_FUZZ_CHECK(caller->session.open || caller->session.room == nullptr);
      if (caller->session.open && caller->reading) settle(*caller);
    }
    COMCAT_FUZZ_CHECK(hub_->sessions() == open && metrics_.clients == open);
    COMCAT_FUZZ_CHECK(metrics_.rooms <= options_.max_rooms);
    hub_->tick(now_);
    COMCAT_FUZZ_CHECK(hub_->next_deadline(now_) > now_);
  }

  fuzz::Input& input_;
  HubOptions options_;
  Metrics metrics_;
  std::optional<Hub> hub_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::set<std::string> keys_;
  base::Time now_{std::chrono::hours(1)};
  int steps_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::set_log_level(base::LogLevel::kError);
  fuzz::Input input(data, size);
  World(input).run();
  return 0;
}
