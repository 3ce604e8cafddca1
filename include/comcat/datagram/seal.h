#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "comcat/datagram/keys.h"
#include "comcat/datagram/packet.h"

// OpenSSL's cipher context, which keeps the key schedule.
struct evp_cipher_ctx_st;

namespace comcat::datagram {

struct FreeCipher {
  void operator()(evp_cipher_ctx_st* cipher) const;
};
using Cipher = std::unique_ptr<evp_cipher_ctx_st, FreeCipher>;

/// Seals the datagrams of one direction, and numbers them: each gets the next counter from 0 on,
/// and so a nonce of its own (the salt, xor the counter).
///
/// Cost       a quarter of a microsecond for a voice packet; the key schedule is kept.
/// Threads    one at a time.
class Sealer {
 public:
  /// `epoch` is at most kMaxEpoch.
  Sealer(const Keys& keys, std::uint32_t connection, std::uint8_t epoch);

  /// Writes a whole datagram to the beginning of `out` and tells its length: the body's and
  /// kOverheadBytes. 0, and no counter used, where the body is empty or longer than kMaxBodyBytes,
  /// `out` is too small, OpenSSL fails, or all counters are used up.
  [[nodiscard]] std::size_t seal(Type type, std::string_view body, std::span<std::byte> out);

  /// The counter of the next datagram, which is how many there were.
  [[nodiscard]] std::uint64_t next_counter() const { return next_.counter; }

 private:
  Header next_;
  std::array<std::byte, Keys::kSaltBytes> salt_;
  Cipher cipher_;
};

/// Opens the datagrams of one direction. Knows nothing of replays (ReplayWindow).
///
/// Cost       half a microsecond for a voice packet; a key schedule for each would cost a server
///            more memory than it saves it time, as most of its callers listen.
/// Threads    one at a time.
class Opener {
 public:
  Opener(const Keys& keys, std::uint32_t connection, std::uint8_t epoch);

  /// The body of a datagram, whose `header` parse_header() told; valid until this thread opens the
  /// next, with whichever opener. Nothing
  /// where it is of another connection or epoch, or does not authenticate.
  [[nodiscard]] std::optional<std::string_view> open(const Header& header, Bytes datagram);

 private:
  std::uint32_t connection_;
  std::uint8_t epoch_;
  Keys keys_;
};

}  // namespace comcat::datagram
