#include "comcat/server/guest_table.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "comcat/base/log.h"
#include "comcat/server/admission_address.h"

#include "connection_budget.h"

namespace comcat::server {
namespace {

using base::LogLevel;
using Offence = std::optional<std::string_view>;

// What may arrive of each between two watches, so that the guests of an address together do not
// send much more than they may; voice is at most 3.2 KiB in that time.
constexpr std::uint64_t kMostAtOnce = 16UL * 1024;
constexpr std::uint64_t kLeastAtOnce = 6UL * 1024;
constexpr std::uint64_t kAddressAtOnce = 96UL * 1024;
// More than it may send, by which whoever sends it is known: more than is forgiven meanwhile.
constexpr std::uint64_t kTelling = 256;
// Voice of a fifth of a second may come between two watches, whatever a caller's rate is.
constexpr std::uint64_t kVoicesASecond = 5;
// Of who has sent nothing but what is accounted for, a look costs more than it tells: the limit
// holds all the same.
constexpr std::chrono::milliseconds kQuietLook{780};  // before the eighth watch
// Who sends no more than this between two watches, and a second of the time between them, for so
// long is at rest: pings of gRPC's are. For less long may be quiet who has reached its limit, and
// sends again. Whose account has grown by so much since its last look is due for another, and wakes
// the watch that rests, well before all that may arrive has.
constexpr std::uint64_t kQuietBytes = 256;
constexpr std::chrono::seconds kQuietFor{2};
constexpr std::uint64_t kStirringBytes = 2UL * 1024;

}  // namespace

/// Threads: what watch() alone uses has no lock.
struct GuestTable::Guest {
  Guest(std::string its_address, std::unique_ptr<GuestLine> its_line, std::function<void()> stir)
      : address(std::move(its_address)),
        account(std::make_shared<ConnectionAccount>(std::move(stir))),
        line(std::move(its_line)) {}

  /// Lets `more` arrive beyond what has, where that is not so already.
  void allow(std::uint64_t received, std::uint64_t more) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    // Moving a limit costs twenty times what asking for bytes does, and a peer who reaches it loses
    // time. The half is what a voice is at most until the next look.
    if (limit >= received + more / 2) return;
    limit = received + more;
    line->limit(limit);
  }

  /// What it is to be cut for, where its last caller has gone.
  [[nodiscard]] Offence offence_alone(const GuestLimits& limits, base::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const std::uint64_t received = line->bytes().received;
    if (!alone_since) {
      alone_since = now;
      bytes_before = received;
      limit = received + limits.alone_bytes + 1;  // one more than it may, by which it is known
      line->limit(limit);
    }
    if (received - bytes_before > limits.alone_bytes) return "it sent too much without a caller";
    if (now - *alone_since > limits.alone_patience) return "it had no caller for too long";
    return std::nullopt;
  }

  /// Nothing of what is under way has been acknowledged for `patience`.
  [[nodiscard]] bool is_dead(const LineBytes& bytes, base::Duration patience, base::Time now) {
    if (!bytes.waits) {
      unheard_since.reset();
      return false;
    }
    unheard_since = std::max(unheard_since.value_or(now), now - bytes.silence);
    return now - *unheard_since >= patience;
  }

  /// True where it had sent little that is not accounted for when it was looked at last, which was
  /// lately, and the account says that its limit is far since. What is written to it counts for
  /// nothing here, as long as its kernel acknowledges it.
  [[nodiscard]] bool is_quiet(base::Time now) const {
    const bool is_heard = !unheard_since || now - *unheard_since < kQuietLook;
    return was_quiet && now >= held_until && is_heard && !alone_since && account->callers() > 0 &&
           now - looked_at < kQuietLook && account->bytes_in() < last.bytes_in + kStirringBytes;
  }

  /// True where it has sent little for long, and nothing is under way to it, nor held back from it.
  [[nodiscard]] bool rests(base::Time now) const {
    return account->callers() == 0 || (now >= held_until && now - stirred >= kQuietFor);
  }

  void looked(const ConnectionCounts& counts, base::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const std::uint64_t more = counts.received - last.received;
    // What was held back comes when its kernel tries again, a little at first, and after twice as
    // long where it finds the limit where it was. Of part of a message no account tells.
    if (counts.received >= limit) {
      held_until = base::Time::max();
    } else if (more > 0 && held_until == base::Time::max()) {
      held_until = now + kQuietFor;
    }
    const std::chrono::duration<double> passed = now - looked_at;
    const double quiet_bytes = kQuietBytes * (1 + std::min(passed.count(), 4.0));
    const bool sends = !budget || static_cast<double>(more) > quiet_bytes;
    if (sends || unheard_since) stirred = now;
    const std::uint64_t accounted = counts.bytes_in - last.bytes_in;
    was_quiet = budget && more <= accounted + kQuietBytes;
    last = counts;
    looked_at = now;
  }

  [[nodiscard]] ConnectionCounts counts(const LineBytes& bytes) const {
    return {.received = bytes.received,
            .sent = bytes.sent,
            .bytes_in = account->bytes_in(),
            .bytes_out = account->bytes_out(),
            .streams = account->streams()};
  }

  const std::string address;
  const Account account;
  absl::Mutex mutex;
  const std::unique_ptr<GuestLine> line ABSL_PT_GUARDED_BY(mutex);
  std::uint64_t limit ABSL_GUARDED_BY(mutex) = 0;
  // watch()'s
  std::optional<ConnectionBudget> budget;   // once a caller was admitted
  std::optional<base::Time> alone_since;    // the last has gone
  std::uint64_t bytes_before = 0;           // received until then
  std::optional<base::Time> unheard_since;  // something is under way
  base::Time looked_at{};                   // with a caller
  ConnectionCounts last;                    // then
  base::Time stirred{};                     // when it was last found to send
  bool was_quiet = false;                   // it had sent little that was not accounted for
  base::Time held_until{};                  // all that may arrive had, and no more has come
  bool gone = false;
};

GuestTable::~GuestTable() = default;

void GuestTable::add(const std::string& peer, std::unique_ptr<GuestLine> line) {
  auto guest = std::make_shared<Guest>(admission_address(peer), std::move(line), stir_);
  const absl::MutexLock lock(&mutex_);
  by_name_[connection_name(peer)] = std::move(guest);
}

GuestTable::Account GuestTable::account_of(const std::string& peer) {
  const absl::MutexLock lock(&mutex_);
  const auto found = by_name_.find(connection_name(peer));
  return found == by_name_.end() ? std::make_shared<ConnectionAccount>() : found->second->account;
}

void GuestTable::admit(const std::string& peer) {
  std::shared_ptr<Guest> guest;
  {
    const absl::MutexLock lock(&mutex_);
    const auto found = by_name_.find(connection_name(peer));
    if (found == by_name_.end()) return;
    guest = found->second;
  }
  const absl::MutexLock lock(&guest->mutex);
  if (guest->line->is_open())
    guest->allow(guest->line->bytes().received, std::max(kLeastAtOnce, voice_at_once()));
}

bool GuestTable::watch(base::Time now) {
  const Guests guests = all();
  const auto is_quiet = [now](const auto& guest) { return guest->is_quiet(now); };
  rests_ = std::ranges::all_of(guests, [now](const auto& guest) { return guest->rests(now); });
  if (!std::ranges::all_of(guests, is_quiet)) look_at_those_who_send(guests, now);
  if (rests_) {
    for (const auto& guest : guests) guest->account->stir_at(guest->last.bytes_in + kStirringBytes);
  }
  return std::ranges::any_of(guests, [](const auto& guest) { return !guest->gone; });
}

void GuestTable::look_at_those_who_send(const Guests& guests, base::Time now) {
  std::map<std::string, Guests> by_address;  // those with callers
  for (const auto& guest : guests) {
    if (guest->account->callers() > 0) by_address[guest->address].push_back(guest);
  }
  for (const auto& guest : guests) {
    if (guest->is_quiet(now)) continue;
    const auto neighbours = by_address.find(guest->address);
    const std::size_t count = neighbours == by_address.end() ? 1 : neighbours->second.size();
    guest->gone =
        !look_at(*guest, std::clamp(kAddressAtOnce / count, kLeastAtOnce, kMostAtOnce), now);
  }
  for (auto& [address, neighbours] : by_address) shed(std::move(neighbours), kAddressBytes);
  shed(guests, kAllBytes);
  forget(guests);
}

GuestTable::Guests GuestTable::all() const {
  Guests guests;
  const absl::MutexLock lock(&mutex_);
  guests.reserve(by_name_.size());
  for (const auto& [name, guest] : by_name_) guests.push_back(guest);
  return guests;
}

void GuestTable::forget(const Guests& guests) {
  if (std::ranges::none_of(guests, [](const auto& guest) { return guest->gone; })) return;
  const absl::MutexLock lock(&mutex_);
  std::erase_if(by_name_, [](const auto& entry) { return entry.second->gone; });
}

bool GuestTable::look_at(Guest& guest, std::uint64_t at_once, base::Time now) {
  const absl::MutexLock lock(&guest.mutex);
  if (!guest.line->is_open()) return false;
  if (guest.account->callers() == 0) {
    const Offence why = guest.budget ? guest.offence_alone(limits_, now) : std::nullopt;
    if (!why) return true;
    metrics_.turned(Turned::kStranger);  // before he notices
    guest.line->cut();
    base::log(LogLevel::kWarning, "connection_cut", {{"address", guest.address}, {"why", *why}});
    return false;
  }
  guest.alone_since.reset();
  const LineBytes bytes = guest.line->bytes();
  if (guest.is_dead(bytes, limits_.dead_after, now)) {
    guest.line->cut();
    return false;
  }
  const ConnectionCounts counts = guest.counts(bytes);
  guest.looked(counts, now);
  if (!guest.budget) guest.budget.emplace(counts, now);
  if (const Offence why = guest.budget->check(counts, now)) {
    cut_overdrawn(guest, *guest.line, *why);
    return false;
  }
  if (!guest.rests(now)) rests_ = false;
  guest.allow(counts.received,
              std::max(std::min(at_once, guest.budget->bytes_left() + kTelling), voice_at_once()));
  return true;
}

std::uint64_t GuestTable::voice_at_once() const {
  return limits_.bytes_per_second / kVoicesASecond;
}

void GuestTable::shed(Guests guests, double bytes) {
  std::erase_if(guests, [](const auto& guest) { return guest->gone || !guest->budget; });
  double sum = 0;
  for (const auto& guest : guests) sum += guest->budget->excess();
  while (sum > bytes) {
    const auto most = std::ranges::max_element(
        guests, {}, [](const auto& guest) { return guest->budget->excess(); });
    Guest& guest = **most;
    if (guest.budget->excess() < kLittleBytes) return;
    sum -= guest.budget->excess();
    guest.gone = true;
    guests.erase(most);
    const absl::MutexLock lock(&guest.mutex);
    cut_overdrawn(guest, *guest.line, "of many who sent what was no message it sent most");
  }
}

void GuestTable::cut_overdrawn(const Guest& guest, GuestLine& line, std::string_view why) {
  metrics_.overdrawn.fetch_add(1);
  offenders_.push_back(guest.address);
  guest.account->note_cut();  // before gRPC notices
  line.cut();
  base::log(LogLevel::kWarning, "connection_cut", {{"address", guest.address}, {"why", why}});
}

}  // namespace comcat::server
