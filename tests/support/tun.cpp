#include "support/tun.h"

#include <cstring>
#include <tuple>

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

namespace comcat::testing {
namespace {

/// In the namespace of the calling thread.
base::FileDescriptor open_here(const std::string& device) {
  base::FileDescriptor tun(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!tun.valid()) return {};
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, device.c_str(), IFNAMSIZ - 1);
  if (::ioctl(tun.get(), TUNSETIFF, &request) != 0) return {};
  return tun;
}

}  // namespace

base::FileDescriptor open_tun(const Namespace& machine, const std::string& device) {
  base::FileDescriptor tun;
  std::ignore = machine.run_thread([&] { tun = open_here(device); });
  return tun;
}

}  // namespace comcat::testing
