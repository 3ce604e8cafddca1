#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

namespace comcat::server {

/// What the calls of one connection have carried, and what that costs on the line at most: what the
/// kernel has counted beyond this was nobody's message.
///
/// Threads    the shard writes; reading from any. Counters only ever grow, but for callers().
class ConnectionAccount {
 public:
  ConnectionAccount() = default;
  /// `stir` is called by whoever counts, as stir_at() says.
  explicit ConnectionAccount(std::function<void()> stir) : stir_(std::move(stir)) {}

  /// Has `stir` called, once, when bytes_in() has grown to so many. From any thread.
  void stir_at(std::uint64_t bytes) { stirs_at_.store(bytes, std::memory_order_relaxed); }

  /// A message of `bytes` was read from a stream of it; was written to one.
  void message_in(std::size_t bytes) {
    add_in(bytes + kFramingBytes);
    add(out_, kReplyBytes);
  }
  void message_out(std::size_t bytes) {
    add(out_, bytes + kFramingBytes);
    add_in(kReplyBytes);
  }
  /// A stream of any kind has begun on it.
  void stream_began() {
    add(streams_, 1);
    add_in(kStreamBytes);
    add(out_, kStreamBytes);
  }
  /// The server ends the connection for what was sent on it; from any thread.
  void note_cut() { cut_.store(true, std::memory_order_relaxed); }
  /// A caller has been admitted on it; and has gone.
  void caller_came() { callers_.fetch_add(1, std::memory_order_relaxed); }
  void caller_went() { callers_.fetch_sub(1, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t bytes_in() const { return in_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t bytes_out() const { return out_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t streams() const { return streams_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool was_cut() const { return cut_.load(std::memory_order_relaxed); }
  [[nodiscard]] int callers() const { return callers_.load(std::memory_order_relaxed); }

  // Around a message: gRPC's, HTTP/2's and TLS's. For the window updates, and the probe of the
  // line, that answer one. For the headers with which a stream begins and ends.
  static constexpr std::size_t kFramingBytes = 64;
  static constexpr std::size_t kReplyBytes = 64;
  static constexpr std::size_t kStreamBytes = 1024;

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  void add_in(std::uint64_t more) {
    add(in_, more);
    if (bytes_in() < stirs_at_.load(std::memory_order_relaxed)) return;
    stirs_at_.store(kNever, std::memory_order_relaxed);
    if (stir_) stir_();
  }
  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t more) {
    counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  std::function<void()> stir_;
  std::atomic<std::uint64_t> stirs_at_{kNever};
  std::atomic<std::uint64_t> in_{0};
  std::atomic<std::uint64_t> out_{0};
  std::atomic<std::uint64_t> streams_{0};
  std::atomic<int> callers_{0};
  std::atomic<bool> cut_{false};
};

}  // namespace comcat::server
