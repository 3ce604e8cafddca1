#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/connection_account.h"
#include "comcat/server/metrics.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::server {

/// What the two ends of a connection have said, by the kernel's count.
struct LineBytes {
  std::uint64_t received = 0;            // here, read or not
  std::uint64_t sent = 0;                // that the peer has acknowledged
  bool waits = false;                    // for the peer to acknowledge what is under way
  std::chrono::milliseconds silence{0};  // since the peer's kernel last acknowledged anything
};

/// A connection that gRPC has, as the table of guests sees it. Threads: one at a time.
class GuestLine {
 public:
  virtual ~GuestLine() = default;
  /// False once it has ended, whoever ended it.
  [[nodiscard]] virtual bool is_open() const = 0;
  [[nodiscard]] virtual LineBytes bytes() const = 0;
  /// Lets its peer send no more than the first `bytes` of the connection from now on.
  virtual void limit(std::uint64_t bytes) = 0;
  /// Ends it in both directions; it may be closed already.
  virtual void cut() = 0;
};

struct GuestLimits {
  std::uint64_t bytes_per_second = 32UL * 1024;  // of voice, that a caller may send
  // Of a connection whose last caller has gone: a stranger's, from then on.
  std::uint64_t alone_bytes = 64UL * 1024;
  std::chrono::milliseconds alone_patience = std::chrono::seconds(70);
  // Of a guest whose kernel acknowledges nothing of what is under way to it: it is gone.
  std::chrono::milliseconds dead_after = std::chrono::seconds(4);
};

/// The connections that gRPC has, and what callers who were admitted use them for.
///
/// A guest, a connection with such a caller, has a ConnectionBudget. Of what is no message it may
/// send so much; all guests of an address together, and all guests, may have sent so much more,
/// beyond which whoever has sent most goes. Between two watches no more arrives than a part of the
/// budget, whatever a peer sends. Who overdraws it is cut without a warning. Whose last caller has
/// gone is held to what a stranger may do. One who sends little that is no message is looked at
/// eight times less often, unless something is held back from it: of part of a message no account
/// tells. A guest from whom no acknowledgement comes is cut as well: the path is dead. (Nobody is
/// cut for not reading here, as that is acknowledged.)
///
/// Peers are written as gRPC writes them, "ipv4:192.0.2.1:4000"; connections are told apart as
/// connection_name() has them, addresses as admission_address().
///
/// Threads    watch(), rests(), offenders(): one at a time; it logs, and counts in the metrics,
/// whom it cuts. The rest
///            any: a lock for each stream that begins, none for a message.
/// Ownership  the lines are its own; the metrics outlive it.
class GuestTable {
 public:
  using Account = std::shared_ptr<ConnectionAccount>;

  GuestTable(const GuestLimits& limits, Metrics& metrics) : limits_(limits), metrics_(metrics) {}
  ~GuestTable();

  /// `stir` is called, from any thread, when a guest begins to send while all rest. Before the
  /// first is added.
  void wake_by(std::function<void()> stir) { stir_ = std::move(stir); }

  /// The connection from `peer` is gRPC's from now on.
  void add(const std::string& peer, std::unique_ptr<GuestLine> line);

  /// What is accounted for on the connection from `peer`; an account of its own, that nobody else
  /// sees, where there is no such connection.
  [[nodiscard]] Account account_of(const std::string& peer);

  /// A caller has been admitted on it, who may send more than a stranger from now on.
  void admit(const std::string& peer);

  /// Cuts who has had enough, and forgets who has ended; true where some are left.
  bool watch(base::Time now);
  /// True where the last watch found nobody who sends, or is owed anything: the next may be late,
  /// until somebody stirs. What comes meanwhile is bounded as ever.
  [[nodiscard]] bool rests() const { return rests_; }
  /// The addresses of those who have overdrawn their budgets since this was asked last, one for
  /// each.
  [[nodiscard]] std::vector<std::string> offenders() { return std::exchange(offenders_, {}); }

  // What may be sent that is no message. A stream that is not read has a window of 16 KiB on its
  // way, which small frames, and TLS, make 26 KiB on the line.
  static constexpr double kAddressBytes = 128.0 * 1024;  // by the guests of one address
  static constexpr double kAllBytes = 512.0 * 1024;      // by all
  static constexpr double kLittleBytes = 4.0 * 1024;     // for which nobody has to go

 private:
  struct Guest;
  using Guests = std::vector<std::shared_ptr<Guest>>;

  [[nodiscard]] Guests all() const;
  void forget(const Guests& ended);
  /// What a watch always lets arrive.
  [[nodiscard]] std::uint64_t voice_at_once() const;
  void look_at_those_who_send(const Guests& guests, base::Time now);
  /// Looks at one; false where it is to be forgotten.
  [[nodiscard]] bool look_at(Guest& guest, std::uint64_t at_once, base::Time now);
  /// Cuts those who have sent most that was no message, until the others have sent at most `bytes`.
  void shed(Guests guests, double bytes);
  void cut_overdrawn(const Guest& guest, GuestLine& line, std::string_view why);

  const GuestLimits limits_;
  Metrics& metrics_;
  std::function<void()> stir_;
  std::vector<std::string> offenders_;
  bool rests_ = true;
  mutable absl::Mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Guest>> by_name_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::server
