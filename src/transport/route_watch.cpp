#include "route_watch.h"

#include <array>
#include <cerrno>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace comcat::transport {

RouteWatch::RouteWatch()
    : fd_(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE)) {
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups =
      RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE;
  const auto* const address = reinterpret_cast<const sockaddr*>(&groups);
  if (fd_.valid() && ::bind(fd_.get(), address, sizeof groups) != 0) fd_.reset();
}

bool RouteWatch::changed() {
  bool any = false;
  std::array<char, 8192> message;  // what it says is of no interest
  for (;;) {
    const ssize_t got = ::recv(fd_.get(), message.data(), message.size(), 0);
    // ENOBUFS: so much has changed that some of it was lost.
    if (got < 0 && errno != ENOBUFS && errno != EINTR) return any;
    any = true;
  }
}

}  // namespace comcat::transport
