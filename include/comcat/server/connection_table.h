#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/metrics.h"

namespace comcat::server {

struct ConnectionLimits {
  std::size_t in_all = 1024;
  std::size_t per_address = 64;
  // What a connection may do before somebody vouches for it.
  std::chrono::milliseconds stranger_patience = std::chrono::seconds(70);
  std::uint64_t stranger_bytes = 64UL * 1024;
};

/// One connection, as the table sees it.
class Line {
 public:
  virtual ~Line() = default;
  /// False once it has ended, whoever ended it.
  [[nodiscard]] virtual bool is_open() const = 0;
  /// What its peer has sent that arrived here, read or not.
  [[nodiscard]] virtual std::uint64_t bytes_received() const = 0;
  /// Ends it in both directions; it may be closed already.
  virtual void cut() = 0;
};

/// Which connections there are, who is counted, and who has to go.
///
/// A connection for which nobody has vouched is a stranger's. gRPC 1.51 lets it hold memory and a
/// place for as long as it likes: its limits of streams and metadata hold only for peers who have
/// acknowledged them. So strangers are watched from outside: who sends more than `stranger_bytes`,
/// or is still one after `stranger_patience`, is cut. When there are `in_all`, the address with the
/// most strangers loses its oldest to a newcomer from an address that has fewer.
///
/// Peers are written as gRPC writes them, "ipv4:192.0.2.1:4000"; addresses are counted as
/// admission_address() has them. Nobody says when a connection ends: lines are asked when a limit
/// is reached, and strangers' whenever they are watched.
///
/// Threads    one at a time. It logs, and counts in the metrics, whom it turns away or cuts.
/// Ownership  the lines are its own; the metrics outlive it.
class ConnectionTable {
 public:
  ConnectionTable(const ConnectionLimits& limits, Metrics& metrics)
      : limits_(limits), metrics_(metrics) {}

  /// Takes in a newcomer, a stranger at first, cutting another in his favour where that is fair.
  /// False where he is one too many; `line` is then dropped as it is, and not cut.
  [[nodiscard]] bool add(const std::string& peer, std::unique_ptr<Line> line, base::Time now);

  /// The connection from `peer` is a stranger's no more.
  void vouch(const std::string& peer);

  /// Cuts strangers who have had enough; true where some are left, who are to be watched again.
  [[nodiscard]] bool watch(base::Time now);

  /// Cuts all that are open.
  void cut_all();

  /// How many are counted: those that have ended unnoticed as well.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Connection {
    std::unique_ptr<Line> line;
    std::string port;
    base::Time accepted;
    bool stranger = true;
  };
  using Connections = std::vector<Connection>;  // of one address, the oldest first

  /// Nothing where one more from `address` is within the limits, else which one is used up.
  [[nodiscard]] std::optional<Turned> limit_reached(const std::string& address);
  [[nodiscard]] bool make_room_for(const std::string& address);
  void forget_ended(Connections& connections);
  void forget_ended();
  [[nodiscard]] std::optional<std::string_view> offence(const Connection& connection,
                                                        base::Time now) const;
  void cut(const std::string& address, const Connection& stranger, std::string_view why);

  const ConnectionLimits limits_;
  Metrics& metrics_;
  std::map<std::string, Connections> by_address_;
  std::size_t size_ = 0;
};

}  // namespace comcat::server
