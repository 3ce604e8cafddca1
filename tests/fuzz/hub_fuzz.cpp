// The hub under callers who send anything at any time, read when they like, and come and go.
// However they behave: queues stay bounded, every command is answered exactly once, nothing that is
// said is unsafe to print, the count of callers is right, and the hub never asks for a tick that is
// due already.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/base/signing_key.h"
#include "comcat/base/text.h"
#include "comcat/server/hub.h"
#include "comcat/wire/convert.h"

#include "fuzz/fuzz.h"
#include "server/shelf.h"

namespace {

using namespace comcat;
using namespace comcat::server;
using std::chrono::milliseconds;

constexpr std::size_t kMaxPeople = 12;

class Person final : public Link {
 public:
  Person(const base::Time& clock, const CallerLimits& limits)
      : caller(*this, "192.0.2.1", limits), clock_(clock) {}

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
    while (caller.listener.ready()) {
      std::string message;
      const auto next = caller.listener.take(clock_);
      for (const Payload& part : next.parts) message += *part;
      if (!message.empty()) hear(message);
    }
  }
  void asked(std::uint64_t trace_id) { ++owed_[trace_id]; }

  Caller caller;
  bool reading = true;
  bool closed = false;
  std::map<std::uint64_t, int> owed_;  // outcomes that are still to come, by trace id

 private:
  void hear(const std::string& message) {
    const auto response = wire::parse_response(std::as_bytes(std::span(message)));
    COMCAT_FUZZ_CHECK(response.ok());
    COMCAT_FUZZ_CHECK(!std::holds_alternative<wire::UnknownResponse>(*response));
    if (const auto* frames = std::get_if<wire::VoicePackets>(&*response)) {
      COMCAT_FUZZ_CHECK(!frames->empty() && !caller.who.deafened);
      COMCAT_FUZZ_CHECK(message.size() <= VoiceQueue::kMaxBytes);
      for (const auto& frame : *frames) {
        COMCAT_FUZZ_CHECK(frame.speaker != 0 && frame.speaker != caller.who.number);
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
    options_.rooms.max_rooms = 3;
    options_.rooms.max_speakers = 1 + input.choose(3);
    if (input.choose(2) == 0) options_.keeper = &shelf_;
    options_.claims.keep = [this](const store::Claim& /*claim*/, Kept told) {
      keeping_.push_back(std::move(told));
    };
    options_.claims.lift = [this](const std::string& /*name*/, Kept told) {
      keeping_.push_back(std::move(told));
    };
    hub_.emplace(options_, metrics_);
  }

  void run() {
    while (!input_.empty() && steps_++ < 2000) {
      step();
      check();
    }
    hub_->drain(milliseconds(5000), now_);
    for (auto& person : people_) {
      COMCAT_FUZZ_CHECK(person->closed || !person->caller.open);
      settle(*person);
    }
    COMCAT_FUZZ_CHECK(hub_->callers() == 0 && metrics_.rooms == 0 && metrics_.clients == 0);
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
    if (people_.size() >= kMaxPeople) return;
    people_.push_back(std::make_unique<Person>(now_, options_.caller));
    if (const std::size_t which = input_.choose(4); which > 0) {  // as if it had been proven
      people_.back()->caller.device.key =
          std::string(base::kPublicKeyBytes, static_cast<char>(which));
    }
    hub_->open(people_.back()->caller, now_);
  }

  /// From a moment to more than a month; the tick may be late.
  void pass() {
    const std::uint8_t how = input_.byte();
    now_ += how < 200 ? milliseconds(how) : std::chrono::minutes(1 << (how % 16));
    if (how % 4 != 0) hub_->tick(now_);
  }

  void go(Person* person) {
    if (person == nullptr) return;
    hub_->leave(person->caller, static_cast<wire::LeaveReason>(input_.choose(5)), now_);
    if (input_.choose(2) == 0) return;  // leaves again later
    settle(*person);
    std::erase_if(people_, [&](const auto& it) { return it.get() == person; });
  }

  void turn(Person* person) {
    if (person == nullptr) return;
    person->reading = !person->reading;
    person->caller.listener.write_started = person->reading ? base::Time{} : now_;
    if (person->reading) person->read();
  }

  void send(Person* person) {
    if (person == nullptr) return;
    std::optional<wire::Request> request = make_request();
    if (!request) return;
    if (auto* command = std::get_if<wire::Command>(&*request)) {
      if (command->trace_id == 0) command->trace_id = 1;  // 0 is the server's own
      const bool answered = person->caller.open && person->caller.room != nullptr &&
                            !person->caller.who.original &&
                            !std::holds_alternative<wire::Acknowledge>(command->verb);
      if (answered) person->asked(command->trace_id);
    }
    if (const auto* hello = std::get_if<wire::Hello>(&*request)) keys_.insert(hello->resume_key);
    const absl::Status status = hub_->receive(person->caller, std::move(*request), now_);
    if (!status.ok()) {
      COMCAT_FUZZ_CHECK(!person->caller.open);
      COMCAT_FUZZ_CHECK(base::is_safe_text(std::string(status.message())));
    }
    if (!person->caller.resume_key.empty()) keys_.insert(person->caller.resume_key);
  }

  std::optional<wire::Request> make_request() {
    switch (input_.choose(12)) {
      case 0: {  // whatever bytes may say
        const std::string_view bytes = input_.text(300);
        auto request = wire::parse_request(std::as_bytes(std::span(bytes)));
        return request.ok() ? std::optional(std::move(*request)) : std::nullopt;
      }
      case 1:
        return wire::Hello{std::string(input_.text(8)), std::string(input_.text(3)), key(),
                           input_.byte(), input_.byte()};
      case 2:
        return wire::Hello{};
      case 3:
        return wire::Command{input_.number(), wire::SetMute{input_.choose(2) == 0}};
      case 4:
        return wire::Command{input_.number(), wire::SetDeafen{input_.choose(2) == 0}};
      case 5:
        return wire::Command{input_.number(), wire::JoinRoom{std::string(input_.text(2)), 0}};
      case 6:
        return wire::Command{input_.number(), wire::Say{std::string(2000, 'x')}};
      case 7:
        return wire::Command{input_.number(), wire::History{input_.byte(), input_.byte()}};
      case 8:
        return wire::Command{input_.number(), wire::SetRecording{input_.choose(2) == 0}};
      case 9:
        return wire::Command{input_.number(), wire::Claim{}};
      case 10:
        return wire::Command{input_.number(), wire::Pair{}};
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

  Person* pick() {
    return people_.empty() ? nullptr : people_[input_.choose(people_.size())].get();
  }

  /// Reads what is left: who was not cut off has had every answer, the others none twice.
  static void settle(Person& person) {
    person.read();
    if (person.closed || !person.caller.open) return;
    for (const auto& [trace_id, owed] : person.owed_) COMCAT_FUZZ_CHECK(owed == 0);
  }

  [[nodiscard]] bool waits() const { return !shelf_.asked.empty() || !keeping_.empty(); }

  /// The keepers answer: whoever asked is then owed nothing by them any more.
  void answer() {
    while (waits()) {
      hub_->take(shelf_.take_answers(), now_);
      for (const Kept& told : std::exchange(keeping_, {})) {
        const bool kept = input_.choose(4) > 0;
        if (told) told(kept ? absl::OkStatus() : absl::UnavailableError("full"), now_);
      }
    }
    for (const auto& person : people_) COMCAT_FUZZ_CHECK(person->caller.unanswered == 0);
  }

  void check() {
    if (input_.choose(4) > 0) answer();
    std::size_t open = 0;
    for (const auto& person : people_) {
      open += person->caller.open ? 1 : 0;
      COMCAT_FUZZ_CHECK(!person->closed || !person->caller.open);
      COMCAT_FUZZ_CHECK(person->caller.open || person->caller.room == nullptr);
      if (person->caller.open && person->reading && !waits()) settle(*person);
    }
    COMCAT_FUZZ_CHECK(hub_->callers() == open && metrics_.clients == open);
    COMCAT_FUZZ_CHECK(metrics_.rooms <= options_.rooms.max_rooms);
    hub_->tick(now_);
    COMCAT_FUZZ_CHECK(hub_->next_deadline(now_) > now_);
  }

  fuzz::Input& input_;
  server::Shelf shelf_;
  std::vector<Kept> keeping_;  // who waits for the keeper of claims
  HubOptions options_;
  Metrics metrics_;
  std::optional<Hub> hub_;
  std::vector<std::unique_ptr<Person>> people_;
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
