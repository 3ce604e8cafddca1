#include "datagram_address.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>

namespace comcat::server {
namespace {

constexpr std::size_t kMappedAt = 12;  // where an IPv4 address is in an IPv6 one

in6_addr mapped(in_addr v4) {
  in6_addr out{};
  out.s6_addr[10] = out.s6_addr[11] = 0xff;
  std::memcpy(&out.s6_addr[kMappedAt], &v4, sizeof(v4));
  return out;
}

in_addr unmapped(const in6_addr& v6) {
  in_addr out{};
  std::memcpy(&out, &v6.s6_addr[kMappedAt], sizeof(out));
  return out;
}

void read_name(const msghdr& message, DatagramAddress& out) {
  sockaddr_storage name{};
  std::memcpy(&name, message.msg_name, std::min<std::size_t>(message.msg_namelen, sizeof(name)));
  if (name.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(name);
    out.peer = v6.sin6_addr;
    out.port = ntohs(v6.sin6_port);
    out.scope = v6.sin6_scope_id;
  } else {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(name);
    out.peer = mapped(v4.sin_addr);
    out.port = ntohs(v4.sin_port);
  }
}

template <typename Info>
Info data_of(const cmsghdr* header) {
  Info info{};
  std::memcpy(&info, CMSG_DATA(header), sizeof(info));
  return info;
}

template <typename Info>
void put_info(msghdr& message, PacketInfo& space, int level, int type, const Info& info) {
  space.bytes.fill(std::byte{0});
  message.msg_control = space.bytes.data();
  message.msg_controllen = CMSG_SPACE(sizeof(info));
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof(info));
  std::memcpy(CMSG_DATA(header), &info, sizeof(info));
}

void address_to_v6(const DatagramAddress& to, msghdr& message, sockaddr_storage& name,
                   PacketInfo& space) {
  auto& v6 = reinterpret_cast<sockaddr_in6&>(name);
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = to.peer;
  v6.sin6_port = htons(to.port);
  v6.sin6_scope_id = to.scope;
  message.msg_namelen = sizeof(v6);
  in6_pktinfo info{};
  info.ipi6_addr = to.local;
  info.ipi6_ifindex = to.scope;
  put_info(message, space, IPPROTO_IPV6, IPV6_PKTINFO, info);
}

void address_to_v4(const DatagramAddress& to, msghdr& message, sockaddr_storage& name,
                   PacketInfo& space) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(name);
  v4.sin_family = AF_INET;
  v4.sin_addr = unmapped(to.peer);
  v4.sin_port = htons(to.port);
  message.msg_namelen = sizeof(v4);
  in_pktinfo info{};
  info.ipi_spec_dst = unmapped(to.local);
  put_info(message, space, IPPROTO_IP, IP_PKTINFO, info);
}

}  // namespace

bool operator==(const DatagramAddress& a, const DatagramAddress& b) {
  return std::memcmp(&a.peer, &b.peer, sizeof(a.peer)) == 0 && a.port == b.port &&
         std::memcmp(&a.local, &b.local, sizeof(a.local)) == 0 && a.scope == b.scope &&
         a.socket == b.socket;
}

DatagramAddress address_of(msghdr& message, std::uint16_t socket) {
  DatagramAddress out;
  out.socket = socket;
  read_name(message, out);
  for (cmsghdr* next = CMSG_FIRSTHDR(&message); next != nullptr;
       next = CMSG_NXTHDR(&message, next)) {
    if (next->cmsg_level == IPPROTO_IPV6 && next->cmsg_type == IPV6_PKTINFO) {
      out.local = data_of<in6_pktinfo>(next).ipi6_addr;
    } else if (next->cmsg_level == IPPROTO_IP && next->cmsg_type == IP_PKTINFO) {
      out.local = mapped(data_of<in_pktinfo>(next).ipi_spec_dst);
    }
  }
  return out;
}

void address_to(const DatagramAddress& to, int family, msghdr& message, sockaddr_storage& name,
                PacketInfo& info) {
  message.msg_name = &name;
  if (family == AF_INET6) {
    address_to_v6(to, message, name, info);
  } else {
    address_to_v4(to, message, name, info);
  }
}

}  // namespace comcat::server
