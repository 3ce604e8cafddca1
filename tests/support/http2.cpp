#include "support/http2.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace comcat::testing {

std::string frame(unsigned type, unsigned flags, unsigned stream, const std::string& payload) {
  std::string out;
  for (const int shift : {16, 8, 0}) out += static_cast<char>(payload.size() >> shift);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(stream >> shift);
  return out + payload;
}

std::string header(const std::string& name, const std::string& value) {
  const auto text = [](const std::string& it) { return static_cast<char>(it.size()) + it; };
  return '\0' + text(name) + text(value);
}

std::string call_headers(const std::string& path, const std::string& passcode) {
  const std::string common = header(":method", "POST") + header(":scheme", "http") +
                             header(":path", path) + header(":authority", "x") +
                             header("te", "trailers") + header("content-type", "application/grpc");
  return passcode.empty() ? common : common + header("passcode", passcode);
}

std::string grpc_message(const std::string& bytes) {
  std::string out(1, '\0');  // not compressed
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(bytes.size() >> shift);
  return out + bytes;
}

Connection::Connection(int port, const std::string& from)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (!from.empty()) {
    inet_pton(AF_INET, from.c_str(), &address.sin_addr);
    if (bind(fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return;
  }
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = connect(fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

bool Connection::send(const std::string& bytes) {
  return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

}  // namespace comcat::testing
