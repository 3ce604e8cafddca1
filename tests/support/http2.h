#pragma once

#include <cstdint>
#include <string>

#include "comcat/base/file_descriptor.h"

namespace comcat::testing {

/// HTTP/2 by hand (RFC 9113), for what no library would send.
inline constexpr const char* kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum FrameType : unsigned {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRstStream = 3,
  kSettings = 4,
  kPing = 6,
  kWindowUpdate = 8,
  kContinuation = 9,
};
inline constexpr unsigned kAck = 1;         // of SETTINGS and PING
inline constexpr unsigned kEndHeaders = 4;  // of HEADERS and CONTINUATION

/// A frame (section 4.1).
[[nodiscard]] std::string frame(unsigned type, unsigned flags, unsigned stream,
                                const std::string& payload);

/// A header of HPACK's plainest form: not indexed, not Huffman-coded.
[[nodiscard]] std::string header(const std::string& name, const std::string& value);

/// The headers of a call of `path`, for instance "/Calling/VoIP"; without a passcode where it is
/// empty.
[[nodiscard]] std::string call_headers(const std::string& path, const std::string& passcode);

/// `bytes` as gRPC carries one message in DATA.
[[nodiscard]] std::string grpc_message(const std::string& bytes);

/// A TCP connection to a server on 127.0.0.1.
class Connection {
 public:
  /// From another address of the loopback network, where one is given: "127.0.0.2".
  explicit Connection(int port, const std::string& from = {});

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// All of `bytes`, waiting for the server to take them; false where the connection ends before.
  bool send(const std::string& bytes);

 private:
  base::FileDescriptor fd_;
  bool connected_ = false;
};

}  // namespace comcat::testing
