#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/passcode.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::server {

/// A place among the server's callers, given back when it is destroyed. Threads: any.
class Slot {
 public:
  Slot() = default;
  explicit Slot(std::shared_ptr<std::atomic<std::size_t>> taken) : taken_(std::move(taken)) {}
  Slot(Slot&&) noexcept = default;
  Slot& operator=(Slot&& other) noexcept {
    std::swap(taken_, other.taken_);
    return *this;
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (taken_) taken_->fetch_sub(1);
  }

 private:
  std::shared_ptr<std::atomic<std::size_t>> taken_;
};

/// All the places there are. Threads: any; taking one is atomic.
class Slots {
 public:
  explicit Slots(std::size_t capacity);
  /// Nothing when all are taken.
  [[nodiscard]] std::optional<Slot> take();
  [[nodiscard]] std::size_t free() const;
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  std::size_t capacity_;
  std::shared_ptr<std::atomic<std::size_t>> taken_;
};

struct AdmissionOptions {
  Passcode passcode{""};                  // that of nobody: open
  std::optional<Passcode> host_passcode;  // nothing: nobody in a call is a host
  std::size_t max_clients = 100;
  std::size_t max_clients_per_address = 0;  // 0: no limit of its own
  int max_passcode_failures = 10;           // within failure_window, then refused for ban
  std::chrono::seconds failure_window{120};
  std::chrono::seconds ban{300};
  std::chrono::milliseconds failure_delay{500};  // how long a wrong passcode waits for its answer
};

/// Decides who comes in: address, then passcode, then a slot. One address is one IPv4 address or
/// one IPv6 /64 network.
///
/// Memory     kMaxAddresses; where failures come from more, those that are not banned are forgotten
///            first.
/// Threads    one at a time.
class Admission {
 public:
  static constexpr std::size_t kMaxAddresses = 20'000;

  explicit Admission(AdmissionOptions options);

  /// What a caller holds while in; gives slot and address count back when destroyed.
  class Pass {
   public:
    Pass() = default;
    Pass(Pass&&) noexcept = default;
    Pass& operator=(Pass&&) noexcept = default;

    [[nodiscard]] bool is_host() const { return host_; }

   private:
    friend class Admission;
    Slot server_;
    Slot address_;
    bool host_ = false;
  };

  /// kUnauthenticated (missing or wrong passcode), kPermissionDenied (too many wrong ones from
  /// this address, for a while; a wrong host passcode) or kResourceExhausted (no free slot), each
  /// with its own sentence. What the caller did not send is nothing.
  [[nodiscard]] absl::StatusOr<Pass> admit(const std::string& address,
                                           const std::optional<std::string>& passcode,
                                           base::Time now,
                                           const std::optional<std::string>& host_passcode = {});

  /// Whether who is in a call from `address` may enter `room`, which has a passcode of its own.
  /// Wrong ones count as those of the server do; where they have been too many, the right one helps
  /// no more than at the door: kPermissionDenied. kUnauthenticated where it is wrong, or none ("").
  [[nodiscard]] absl::Status admit_to_room(const std::string& address, const Passcode& passcode,
                                           const std::string& given, const std::string& room,
                                           base::Time now);

  /// Somebody from `address` who is in has guessed at a secret, and was wrong: counts as a wrong
  /// passcode does.
  void count_wrong_guess(const std::string& address, base::Time now);

  /// How long the answer to a refusal is held back.
  [[nodiscard]] std::chrono::milliseconds failure_delay() const { return options_.failure_delay; }
  [[nodiscard]] const Slots& slots() const { return slots_; }
  /// How many addresses it keeps something about.
  [[nodiscard]] std::size_t addresses() const { return addresses_.size(); }

 private:
  struct Address {
    std::vector<base::Time> failures;  // within failure_window; at most max_passcode_failures
    base::Time banned_until{};
    std::shared_ptr<std::atomic<std::size_t>> sessions =
        std::make_shared<std::atomic<std::size_t>>(0);
  };

  void forget_old(base::Time now);
  [[nodiscard]] bool is_over(const Address& address, base::Time now) const;
  [[nodiscard]] static absl::Status check_guesses(const Address& from, base::Time now);
  absl::Status check_passcode(Address& from, const std::optional<std::string>& passcode,
                              base::Time now);
  absl::Status check_host(Address& from, const std::string& host_passcode, base::Time now) const;
  /// Of a wrong passcode.
  void count_failure(Address& from, base::Time now) const;

  AdmissionOptions options_;
  Slots slots_;
  std::map<std::string, Address> addresses_;
  base::Time swept_{};
};

}  // namespace comcat::server
