#include "comcat/server/admission.h"

#include <algorithm>

#include <arpa/inet.h>

#include "refused.h"

namespace comcat::server {
namespace {

constexpr std::chrono::seconds kSweepInterval{10};

/// Takes one of `capacity`; false, and nothing taken, when there is none.
bool take_one(std::atomic<std::size_t>& taken, std::size_t capacity) {
  std::size_t now_taken = taken.load();
  while (now_taken < capacity) {
    if (taken.compare_exchange_weak(now_taken, now_taken + 1)) return true;
  }
  return false;
}

std::string seconds_left(base::Duration left) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
  return std::to_string(std::max<std::int64_t>(1, seconds)) + " s";
}

}  // namespace

Slots::Slots(std::size_t capacity)
    : capacity_(capacity), taken_(std::make_shared<std::atomic<std::size_t>>(0)) {}

std::optional<Slot> Slots::take() {
  if (!take_one(*taken_, capacity_)) return std::nullopt;
  return Slot(taken_);
}

std::size_t Slots::free() const {
  return capacity_ - std::min(capacity_, taken_->load());
}

Admission::Admission(AdmissionOptions options)
    : options_(std::move(options)), slots_(options_.max_clients) {}

bool Admission::is_over(const Address& address, base::Time now) const {
  const bool remembered =
      !address.failures.empty() && now - address.failures.back() <= options_.failure_window;
  return !remembered && address.banned_until <= now && address.sessions->load() == 0;
}

void Admission::forget_old(base::Time now) {
  const bool full = addresses_.size() >= kMaxAddresses;
  if (now - swept_ < kSweepInterval && !full) return;
  swept_ = now;
  std::erase_if(addresses_, [&](const auto& entry) { return is_over(entry.second, now); });
  // Forgetting at least half keeps the cost of a flood from ever new addresses linear.
  for (const bool banned_too : {false, true}) {
    if (!full || addresses_.size() <= kMaxAddresses / 2) return;
    std::erase_if(addresses_, [&](const auto& entry) {
      const bool banned = entry.second.banned_until > now;
      return (banned_too || !banned) && entry.second.sessions->load() == 0;
    });
  }
}

absl::Status Admission::check_guesses(const Address& from, base::Time now) {
  if (from.banned_until <= now) return absl::OkStatus();
  return refusal(Refusal::kBanned, absl::PermissionDeniedError(
                                       "too many wrong passcodes from your address; try again in " +
                                       seconds_left(from.banned_until - now)));
}

absl::Status Admission::check_passcode(Address& from, const std::optional<std::string>& passcode,
                                       base::Time now) {
  if (absl::Status status = check_guesses(from, now); !status.ok()) return status;
  if (options_.passcode.matches(passcode ? std::string_view(*passcode) : ""))
    return absl::OkStatus();
  // Who gives none guesses nothing: a client asks its user once it has been told.
  if (passcode) count_failure(from, now);
  return refusal(Refusal::kPasscode,
                 absl::UnauthenticatedError(passcode ? "the passcode is wrong"
                                                     : "this server asks for a passcode"));
}

absl::Status Admission::check_host(Address& from, const std::string& host_passcode,
                                   base::Time now) const {
  if (options_.host_passcode && options_.host_passcode->matches(host_passcode)) {
    return absl::OkStatus();
  }
  count_failure(from, now);
  return refusal(
      Refusal::kPasscode,
      absl::PermissionDeniedError(options_.host_passcode ? "the host passcode is wrong"
                                                         : "this server has no host passcode"));
}

void Admission::count_wrong_guess(const std::string& address, base::Time now) {
  count_failure(addresses_[address], now);
}

void Admission::count_failure(Address& from, base::Time now) const {
  std::erase_if(from.failures, [&](base::Time at) { return now - at > options_.failure_window; });
  from.failures.push_back(now);
  if (from.failures.size() >= static_cast<std::size_t>(options_.max_passcode_failures)) {
    from.failures.clear();
    from.banned_until = now + options_.ban;
  }
}

absl::Status Admission::admit_to_room(const std::string& address, const Passcode& passcode,
                                      const std::string& given, const std::string& room,
                                      base::Time now) {
  forget_old(now);
  Address& from = addresses_[address];
  if (absl::Status status = check_guesses(from, now); !status.ok()) return status;
  if (passcode.matches(given)) return absl::OkStatus();
  if (!given.empty()) count_failure(from, now);
  return refusal(Refusal::kPasscode,
                 absl::UnauthenticatedError(
                     given.empty() ? "the room " + room + " asks for a passcode of its own"
                                   : "the passcode of the room " + room + " is wrong"));
}

absl::StatusOr<Admission::Pass> Admission::admit(const std::string& address,
                                                 const std::optional<std::string>& passcode,
                                                 base::Time now,
                                                 const std::optional<std::string>& host_passcode) {
  forget_old(now);
  Address& from = addresses_[address];
  if (absl::Status status = check_passcode(from, passcode, now); !status.ok()) return status;
  Pass pass;
  if (host_passcode) {
    if (absl::Status status = check_host(from, *host_passcode, now); !status.ok()) return status;
    pass.host_ = true;
  }
  if (const std::size_t limit = options_.max_clients_per_address; limit > 0) {
    if (!take_one(*from.sessions, limit)) {
      return refusal(Refusal::kAddressFull,
                     absl::ResourceExhaustedError("your address has " + std::to_string(limit) +
                                                  " callers here already, which is all it may "
                                                  "have"));
    }
    pass.address_ = Slot(from.sessions);
  }
  std::optional<Slot> slot = slots_.take();
  if (!slot) {
    return refusal(Refusal::kFull, absl::ResourceExhaustedError("the server is full: all " +
                                                                std::to_string(slots_.capacity()) +
                                                                " slots are taken"));
  }
  pass.server_ = std::move(*slot);
  return pass;
}

}  // namespace comcat::server
