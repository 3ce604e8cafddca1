#pragma once

#include <string>

namespace comcat::server {

/// Is told what has become of who came. Peers are written as gRPC writes them,
/// "ipv4:192.0.2.1:4000". Threads: any.
class Doorman {
 public:
  virtual ~Doorman() = default;
  /// The connection from `peer` is a stranger's no more, and may send more than a stranger from now
  /// on. To be called while it has a stream.
  virtual void admitted(const std::string& peer) = 0;
  /// A caller on the connection from `peer` was not let in.
  virtual void refused(const std::string& peer) = 0;
};

}  // namespace comcat::server
