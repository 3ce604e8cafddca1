#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tcp_gate.h"

namespace comcat::server {

/// The gates of the connections that gRPC has, by their peers, for the thread that has learnt who a
/// peer is. Peers are named as connection_name() does; several connections of one peer, to several
/// addresses of this machine, are treated alike.
///
/// gRPC closes its sockets whenever it likes, but not while a stream of the connection exists. So a
/// gate is used by whoever serves such a stream, and only if its descriptor is still that socket.
///
/// Threads: any.
class PeerGates {
 public:
  void put(const std::string& peer, int fd, const TcpGate& gate);
  /// Forgets it; nothing happens where it is not known.
  void remove(const std::string& peer, int fd);
  /// Lets `peer` send as much as it likes; nothing happens the second time.
  void lift(const std::string& peer);

 private:
  struct Entry {
    int fd;
    std::uint64_t cookie;  // the kernel gives each socket one of its own
    TcpGate gate;
    bool lifted = false;
  };

  absl::Mutex mutex_;
  std::multimap<std::string, Entry> gates_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::server
