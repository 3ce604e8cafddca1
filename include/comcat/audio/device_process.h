#pragma once

#include <memory>

namespace comcat::audio {

/// Sound systems are used from a process of their own, which is the same program started anew.
/// Every program that opens sound devices calls is_device_process() before anything else of its
/// main(), and where that is true returns what run_device_process() returns.
///
/// Threads    main(), before any other, except where it says otherwise.
inline constexpr const char* kDeviceProcessName = "comcat-devices";  // its argv[0]
inline constexpr int kDeviceProcessSocket = 3;                       // to who started it

[[nodiscard]] bool is_device_process(int argc, const char* const* argv);
[[nodiscard]] int run_device_process();

/// Kills the process that opens or lists devices at this moment: whoever waits for it is answered
/// at once. From any thread.
void give_up_devices();

/// For as long as somebody holds what this returns, devices are opened by a process that has no
/// others: a library that hangs as it opens one (PortAudio's ALSA part does where the device is
/// gone) takes none with it that play. It is given up after 3 s. Null where no process can be
/// started. From any thread.
[[nodiscard]] std::shared_ptr<void> open_devices_apart();

}  // namespace comcat::audio
