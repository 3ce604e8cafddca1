#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace comcat::datagram {

/// Which counters of a direction have come, as RFC 6479 has it: those up to kSize below the highest
/// are known one by one, older ones count as come.
///
/// Threads    one at a time.
class ReplayWindow {
 public:
  static constexpr std::uint64_t kSize = 1024;

  /// True where `counter` has neither come nor is too old to tell. Before a datagram is opened.
  [[nodiscard]] bool is_new(std::uint64_t counter) const;

  /// `counter`, which is new, has come, in a datagram that authenticated. True where it is the
  /// highest so far.
  bool mark(std::uint64_t counter);

  /// One more than the highest that has come; 0 before any has.
  [[nodiscard]] std::uint64_t end() const { return end_; }

 private:
  using Word = std::uint64_t;
  static constexpr std::uint64_t kWordBits = 64;
  static constexpr std::uint64_t kWords = kSize / kWordBits + 1;  // one is always half used

  [[nodiscard]] static std::size_t word_of(std::uint64_t counter) {
    return static_cast<std::size_t>((counter / kWordBits) % kWords);
  }
  [[nodiscard]] static Word bit_of(std::uint64_t counter) {
    return Word{1} << (counter % kWordBits);
  }

  std::uint64_t end_ = 0;
  std::array<Word, kWords> come_{};
};

/// Lets each of one speaker's packets through once, whichever way it comes: by its sequence number,
/// which wraps. What is ReplayWindow::kSize and more behind the newest is a new beginning.
///
/// Threads    one at a time.
class SequenceFilter {
 public:
  /// True where `sequence` comes for the first time.
  [[nodiscard]] bool take(std::uint32_t sequence);

 private:
  [[nodiscard]] std::uint64_t unwrap(std::uint32_t sequence) const;

  std::optional<ReplayWindow> window_;
};

}  // namespace comcat::datagram
