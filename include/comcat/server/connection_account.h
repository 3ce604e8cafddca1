#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace comcat::server {

/// What the calls of one connection have carried, and what that costs on the line at most: what the
/// kernel has counted beyond this was nobody's message.
///
/// Threads    the shard writes; reading from any. Counters only ever grow, but for callers().
class ConnectionAccount {
 public:
  /// A message of `bytes` was read from a stream of it; was written to one.
  void message_in(std::size_t bytes) {
    add(in_, bytes + kFramingBytes);
    add(out_, kReplyBytes);
  }
  void message_out(std::size_t bytes) {
    add(out_, bytes + kFramingBytes);
    add(in_, kReplyBytes);
  }
  /// A stream of any kind has begun on it.
  void stream_began() {
    add(streams_, 1);
    add(in_, kStreamBytes);
    add(out_, kStreamBytes);
  }
  /// A caller has been admitted on it; and has gone.
  void caller_came() { callers_.fetch_add(1, std::memory_order_relaxed); }
  void caller_went() { callers_.fetch_sub(1, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t bytes_in() const { return in_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t bytes_out() const { return out_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t streams() const { return streams_.load(std::memory_order_relaxed); }
  [[nodiscard]] int callers() const { return callers_.load(std::memory_order_relaxed); }

  // Around a message: gRPC's, HTTP/2's and TLS's. For the window updates, and the probe of the
  // line, that answer one. For the headers with which a stream begins and ends.
  static constexpr std::size_t kFramingBytes = 64;
  static constexpr std::size_t kReplyBytes = 64;
  static constexpr std::size_t kStreamBytes = 1024;

 private:
  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t more) {
    counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> in_{0};
  std::atomic<std::uint64_t> out_{0};
  std::atomic<std::uint64_t> streams_{0};
  std::atomic<int> callers_{0};
};

}  // namespace comcat::server
