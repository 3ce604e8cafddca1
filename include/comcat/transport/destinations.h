#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "comcat/transport/address.h"
#include "comcat/wire/messages.h"

namespace comcat::transport {

/// A server to which a stream may go.
struct Destination {
  base::Address address;
  /// Of the certificate that it is to show, where another server of its cluster has told of it; ""
  /// where the user named it, who decides whom to trust, and without TLS.
  std::string fingerprint{};
};

/// Where a stream may go, and in which order: the servers that the user named, and those of which
/// the server that it was at has told. What that says is believed for as long as the stream is of
/// its cluster, and of no server that the user named.
///
/// Capacity   the user's and wire::kMaxOtherServers.
/// Threads    one at a time.
class Destinations {
 public:
  /// `named` has at least one. Others' servers are of use where they show a certificate, or,
  /// without TLS, where they have none.
  Destinations(std::vector<base::Address> named, bool tls);

  /// Where it is, or is to go.
  [[nodiscard]] const Destination& at() const { return turn_.front(); }
  /// Whether that one may be shown the key which the server gave that was reached last: it did so
  /// itself, or knows it.
  [[nodiscard]] bool may_have_key() const;
  /// Among how many it may choose.
  [[nodiscard]] std::size_t count() const { return turn_.size(); }
  [[nodiscard]] bool knows_others() const { return !told_.empty(); }

  /// at() has been reached, and tells of these.
  void reached(const std::vector<wire::OtherServer>& others);
  /// It tells of others than before.
  void learn(const std::vector<wire::OtherServer>& others);

  /// What was reached is lost: it is tried again first, or last where it is to be left; after it
  /// those it has told of, then those that the user named.
  void lost(bool is_left);
  /// at() does not answer.
  void next();
  /// at() is not to be tried any more, until another has been reached; false where it is the last.
  bool drop();

 private:
  [[nodiscard]] bool has(const base::Address& address) const;
  void add(const Destination& destination);

  const std::vector<Destination> named_;
  const bool tls_;
  std::vector<Destination> told_;
  Destination reached_;
  std::deque<Destination> turn_;  // never empty
};

}  // namespace comcat::transport
