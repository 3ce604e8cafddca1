#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "support/lossy_link.h"
#include "support/namespace.h"
#include "support/process.h"

namespace comcat::testing {

/// Two machines with a bad line between them: two network namespaces and a LossyLink, which is
/// perfect until it is told otherwise. TCP and UDP over it are the kernel's own.
///
///   LossyNetwork       up: from the client's machine to the server's; down: back
///   machines           192.0.2.1 and 2001:db8::1 is the server's, .2 and ::2 the client's
/// Threads    as LossyLink.
class LossyNetwork {
 public:
  static constexpr const char* kServer = "192.0.2.1";  // TEST-NET-1
  static constexpr const char* kClient = "192.0.2.2";

  /// Null where this user may not make one (only root may), or the kernel has no TUN devices.
  [[nodiscard]] static std::unique_ptr<LossyNetwork> make(std::uint64_t seed = 1);

  [[nodiscard]] LossyLink& link() { return *link_; }
  /// Both directions alike.
  void set(const LinkConditions& conditions);
  [[nodiscard]] const Namespace& server() const { return *server_; }
  [[nodiscard]] const Namespace& client() const { return *client_; }
  /// The client's machine has the address 192.0.2.`last` from now on, and no longer its old one.
  [[nodiscard]] bool move_client(int last);

 private:
  LossyNetwork() = default;

  std::unique_ptr<Namespace> server_;
  std::unique_ptr<Namespace> client_;
  std::unique_ptr<LossyLink> link_;
  std::string client_address_ = kClient;
};

}  // namespace comcat::testing

#define COMCAT_NEEDS_LOSSY_NETWORK(pointer)                                             \
  if ((pointer) == nullptr)                                                             \
  GTEST_SKIP() << "only root may make the network that this test needs, and only with " \
                  "/dev/net/tun"
