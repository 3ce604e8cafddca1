#include "audio/device_message.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <poll.h>
#include <sys/socket.h>

#include "comcat/base/clock.h"

namespace comcat::audio {
namespace {

static_assert(std::is_trivially_copyable_v<DeviceMessage>);

template <std::size_t N>
void put(std::array<char, N>& field, std::string_view text) {
  const std::size_t length = std::min(text.size(), N - 1);
  std::copy_n(text.begin(), length, field.begin());
  field[length] = '\0';
}

template <std::size_t N>
std::string text_of(const std::array<char, N>& field) {
  return std::string(field.begin(), std::find(field.begin(), field.end(), '\0'));
}

/// A message as sendmsg() and recvmsg() want it, with room for one descriptor.
struct Envelope {
  explicit Envelope(DeviceMessage& message) : content{&message, sizeof message} {
    header.msg_iov = &content;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
  }

  iovec content;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr header{};
};

/// False once `until` has passed.
bool wait_readable(int socket, base::Time until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - base::steady_now());
    pollfd waiting{socket, POLLIN, 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return true;  // recvmsg() says why
  }
}

int descriptor_in(msghdr& header) {
  const cmsghdr* const control = CMSG_FIRSTHDR(&header);
  if (control == nullptr || control->cmsg_type != SCM_RIGHTS) return -1;
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(control), sizeof fd);
  return fd;
}

}  // namespace

DeviceMessage message_of(const DeviceInfo& device) {
  DeviceMessage message;
  message.kind = DeviceMessage::Kind::kDevice;
  message.device = device.number;
  message.input_channels = device.input_channels;
  message.output_channels = device.output_channels;
  message.default_input = device.default_input;
  message.default_output = device.default_output;
  put(message.text, device.name);
  put(message.system, device.system);
  return message;
}

DeviceInfo device_of(const DeviceMessage& message) {
  return {message.device,         text_of(message.text),   text_of(message.system),
          message.input_channels, message.output_channels, message.default_input,
          message.default_output};
}

DeviceMessage message_of(const absl::Status& status) {
  DeviceMessage message;
  message.kind = status.ok() ? DeviceMessage::Kind::kReady : DeviceMessage::Kind::kFailed;
  message.code = status.raw_code();
  put(message.text, {status.message().data(), status.message().size()});
  return message;
}

absl::Status status_of(const DeviceMessage& message) {
  if (message.kind == DeviceMessage::Kind::kReady) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(message.code), text_of(message.text)};
}

bool send_message(int socket, const DeviceMessage& message, int fd) {
  DeviceMessage copy = message;
  Envelope envelope(copy);
  if (fd < 0) {
    envelope.header.msg_control = nullptr;
    envelope.header.msg_controllen = 0;
  } else {
    cmsghdr& control = *CMSG_FIRSTHDR(&envelope.header);
    control.cmsg_level = SOL_SOCKET;
    control.cmsg_type = SCM_RIGHTS;
    control.cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(&control), &fd, sizeof fd);
  }
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket, &envelope.header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(sizeof copy);
}

absl::StatusOr<ReceivedMessage> receive_message(int socket, std::chrono::milliseconds patience) {
  if (!wait_readable(socket, base::steady_now() + patience)) {
    return absl::DeadlineExceededError("no message");
  }
  ReceivedMessage received;
  Envelope envelope(received.message);
  const ssize_t size = ::recvmsg(socket, &envelope.header, MSG_CMSG_CLOEXEC);
  if (size != static_cast<ssize_t>(sizeof received.message)) {
    return absl::UnavailableError("the other side has ended");
  }
  received.fd.reset(descriptor_in(envelope.header));
  return received;
}

}  // namespace comcat::audio
