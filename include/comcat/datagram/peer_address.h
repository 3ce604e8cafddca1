#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace comcat::datagram {

/// Where a peer is that may move, as the end sees it that is called. The first address, and each
/// new one, is believed once a datagram from there has returned a random token that was sent there;
/// until then voice goes to the one before, and to the new one go at most three times the bytes
/// that came from it. A new one counts only with the highest counter so far (RFC 9146, section 6),
/// so nobody moves a peer by sending its old datagrams again.
///
/// `Endpoint`  a plain value with ==.
/// Threads     one at a time.
template <typename Endpoint>
class PeerAddress {
 public:
  static constexpr std::size_t kAnswerFactor = 3;

  /// A datagram of `bytes` from `from` has authenticated, and is no replay. `token` is a random
  /// number, for challenge() should `from` be new. False where `from` is neither where the peer is
  /// nor where it may be: nothing is sent there.
  bool received(const Endpoint& from, std::size_t bytes, bool highest, std::uint64_t token) {
    if (believed_ == from) {
      if (highest) candidate_.reset();  // it never went away
      return true;
    }
    if (!candidate_ || !(candidate_->where == from)) {
      if (!highest) return false;
      candidate_ = Candidate{from, token, 0};
    }
    candidate_->credit_bytes += kAnswerFactor * bytes;
    return true;
  }

  /// True where `bytes` may be sent to `to` now, and counts them.
  [[nodiscard]] bool may_send(const Endpoint& to, std::size_t bytes) {
    if (believed_ == to) return true;
    if (!candidate_ || !(candidate_->where == to)) return false;
    if (candidate_->credit_bytes < bytes) return false;
    candidate_->credit_bytes -= bytes;
    return true;
  }

  /// The token that an echo from the address that is not believed yet has to return; nothing where
  /// there is none.
  [[nodiscard]] std::optional<std::uint64_t> challenge() const {
    if (!candidate_) return std::nullopt;
    return candidate_->token;
  }

  /// An echo with `token` came from `from`. True where that is believed from now on and was not
  /// before.
  [[nodiscard]] bool returned(const Endpoint& from, std::uint64_t token) {
    if (!candidate_ || !(candidate_->where == from) || candidate_->token != token) return false;
    believed_ = candidate_->where;
    candidate_.reset();
    return true;
  }

  /// Where voice goes.
  [[nodiscard]] const std::optional<Endpoint>& believed() const { return believed_; }

 private:
  struct Candidate {
    Endpoint where;
    std::uint64_t token = 0;
    std::size_t credit_bytes = 0;
  };

  std::optional<Endpoint> believed_;
  std::optional<Candidate> candidate_;
};

}  // namespace comcat::datagram
