#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "comcat/audio/device_info.h"
#include "comcat/base/file_descriptor.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audio/audio_spec.h"

namespace comcat::audio {

/// What comcat and its device process say to each other, on a SOCK_SEQPACKET socket between the
/// two: the same program at both ends, so a struct is its own form.
///
///   process   device*, then ready (or failed, and it ends)
///   comcat    open with a SharedStream's descriptor: answered by ready or failed
///   comcat    close: answered by ready
///
/// The socket's end is the process's end.
struct DeviceMessage {
  enum class Kind : std::uint32_t { kDevice, kReady, kFailed, kOpen, kClose };

  Kind kind = Kind::kReady;
  Direction direction = Direction::kInput;  // kOpen
  std::uint32_t stream = 0;                 // kOpen, kClose: a number that comcat has chosen
  std::int32_t device = 0;                  // kDevice, kOpen: its number
  std::int32_t input_channels = 0;          // kDevice, as DeviceInfo
  std::int32_t output_channels = 0;
  bool default_input = false;
  bool default_output = false;
  std::int32_t code = 0;          // kFailed: absl::StatusCode
  std::array<char, 520> text{};   // kFailed: the sentence; kDevice: its name. Ends with a zero.
  std::array<char, 72> system{};  // kDevice
};

[[nodiscard]] DeviceMessage message_of(const DeviceInfo& device);
[[nodiscard]] DeviceInfo device_of(const DeviceMessage& message);
/// kReady or kFailed.
[[nodiscard]] DeviceMessage message_of(const absl::Status& status);
[[nodiscard]] absl::Status status_of(const DeviceMessage& message);

/// `fd` goes with it where it is not -1. False where the other side has ended.
[[nodiscard]] bool send_message(int socket, const DeviceMessage& message, int fd = -1);

struct ReceivedMessage {
  DeviceMessage message;
  base::FileDescriptor fd;
};

/// Waits for a message for at most `patience`. kDeadlineExceeded, or kUnavailable where the other
/// side has ended.
[[nodiscard]] absl::StatusOr<ReceivedMessage> receive_message(int socket,
                                                              std::chrono::milliseconds patience);

}  // namespace comcat::audio
