// The process of the devices: what DeviceProcess starts and speaks to.

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "comcat/audio/device_process.h"

#include "audio/capture_converter.h"
#include "audio/device_message.h"
#include "audio/device_stream.h"
#include "audio/playback_converter.h"
#include "audio/portaudio_session.h"
#include "audio/shared_handlers.h"

namespace comcat::audio {
namespace {

constexpr unsigned kSecondsToEnd = 1;

/// A device's stream and the memory that it moves samples through. The order of the members is the
/// order in which they need each other.
struct OpenStream {
  explicit OpenStream(SharedStreamMemory shared)
      : memory(std::move(shared)), capture(*memory), render(*memory) {}

  absl::Status start(const DeviceInfo& device, Direction direction) {
    const auto make_processor = [&](int channels, int rate_hz) -> std::unique_ptr<StreamProcessor> {
      if (direction == Direction::kInput) {
        return std::make_unique<CaptureConverter>(capture, channels, rate_hz);
      }
      return std::make_unique<PlaybackConverter>(render, channels, rate_hz);
    };
    auto opened = DeviceStream::open(device, direction, make_processor, memory->counters);
    if (!opened.ok()) return opened.status();
    stream = *std::move(opened);
    return absl::OkStatus();
  }

  SharedStreamMemory memory;
  SharedCapture capture;
  SharedRender render;
  std::unique_ptr<DeviceStream> stream;
};

/// Does what comcat asks for, one request after the other.
class Worker {
 public:
  explicit Worker(const PortAudioSession& session) : session_(session) {}

  absl::Status answer(ReceivedMessage request) {
    const DeviceMessage& message = request.message;
    if (message.kind == DeviceMessage::Kind::kClose) {
      streams_.erase(message.stream);
      return absl::OkStatus();
    }
    const DeviceInfo* const device = session_.device(message.device);
    if (device == nullptr) return absl::NotFoundError("there is no such sound device");
    absl::StatusOr<SharedStreamMemory> memory = SharedStreamMemory::attach(std::move(request.fd));
    if (!memory.ok()) return memory.status();
    auto opening = std::make_unique<OpenStream>(*std::move(memory));
    if (absl::Status status = opening->start(*device, message.direction); !status.ok()) {
      return status;
    }
    streams_[message.stream] = std::move(opening);
    return absl::OkStatus();
  }

 private:
  const PortAudioSession& session_;
  std::map<std::uint32_t, std::unique_ptr<OpenStream>> streams_;
};

/// However a library hangs, this process ends soon after the one that started it has closed its
/// end of the socket.
void end_with_the_other_side() {
  std::thread([] {
    pollfd other{kDeviceProcessSocket, POLLRDHUP, 0};
    while (::poll(&other, 1, -1) < 0) {
    }
    ::alarm(kSecondsToEnd);
  }).detach();
}

/// Until the other side has closed its end.
void serve() {
  const absl::StatusOr<PortAudioSession> session = PortAudioSession::open();
  if (session.ok()) {
    for (const DeviceInfo& device : session->devices()) {
      if (!send_message(kDeviceProcessSocket, message_of(device))) return;
    }
  }
  if (!send_message(kDeviceProcessSocket, message_of(session.status())) || !session.ok()) return;
  {
    Worker worker(*session);
    for (;;) {
      absl::StatusOr<ReceivedMessage> request =
          receive_message(kDeviceProcessSocket, std::chrono::hours(1));
      if (absl::IsDeadlineExceeded(request.status())) continue;
      if (!request.ok()) break;
      const absl::Status status = worker.answer(*std::move(request));
      if (!send_message(kDeviceProcessSocket, message_of(status))) break;
    }
  }
  PortAudioSession::close();
}

}  // namespace

bool is_device_process(int argc, const char* const* argv) {
  return argc == 1 && std::string_view(argv[0]) == kDeviceProcessName;
}

int run_device_process() {
  ::prctl(PR_SET_NAME, kDeviceProcessName);
  const rlimit no_core{0, 0};  // what a sound library aborts of is no fault to keep
  ::setrlimit(RLIMIT_CORE, &no_core);
  end_with_the_other_side();
  serve();
  ::_exit(0);  // its threads may be anywhere
}

}  // namespace comcat::audio
