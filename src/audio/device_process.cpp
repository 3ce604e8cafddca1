#include "audio/device_process.h"

#include <csignal>
#include <ctime>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comcat/audio/device_process.h"

#include "audio/device_message.h"

namespace comcat::audio {
namespace {

constexpr std::chrono::seconds kStartPatience{10};
constexpr std::chrono::seconds kApartPatience{3};
constexpr std::chrono::seconds kClosePatience{2};
/// How long an orderly end may take.
constexpr std::chrono::milliseconds kEndPatience{1500};

absl::Status no_answer() {
  return absl::UnavailableError("the sound system does not answer; see that it runs");
}

absl::Status cannot_start() {
  return absl::UnavailableError(
      "no process can be started for the sound devices; see the machine's limits (ulimit -n, -u)");
}

/// What a child is to be started with: nothing of ours but `socket` as its descriptor 3.
class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, socket, kDeviceProcessSocket);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&files_, fd, "/dev/null", O_RDWR, 0);
    }
    posix_spawn_file_actions_addclosefrom_np(&files_, kDeviceProcessSocket + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  /// -1 where it fails.
  [[nodiscard]] pid_t spawn() const {
    std::string name = kDeviceProcessName;
    char* const arguments[] = {name.data(), nullptr};
    pid_t pid = -1;
    const int error =
        posix_spawn(&pid, "/proc/self/exe", &files_, &attributes_, arguments, environ);
    return error == 0 ? pid : -1;
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

absl::Mutex newest_mutex(absl::kConstInit);
/// For give_up_devices().
DeviceProcess* newest ABSL_GUARDED_BY(newest_mutex) = nullptr;

bool has_ended(int pid_fd, std::chrono::milliseconds patience) {
  pollfd ended{pid_fd, POLLIN, 0};
  return ::poll(&ended, 1, static_cast<int>(patience.count())) == 1;
}

}  // namespace

absl::StatusOr<std::shared_ptr<DeviceProcess>> DeviceProcess::get() {
  return get(/*anew=*/false, kOpenPatience);
}

absl::StatusOr<std::shared_ptr<DeviceProcess>> DeviceProcess::renew(
    std::chrono::milliseconds open_patience) {
  return get(/*anew=*/true, open_patience);
}

absl::StatusOr<std::shared_ptr<DeviceProcess>> DeviceProcess::get(
    bool anew, std::chrono::milliseconds open_patience) {
  static auto* const mutex = new absl::Mutex;
  static auto* const last = new std::weak_ptr<DeviceProcess>;
  const absl::MutexLock lock(mutex);
  if (std::shared_ptr<DeviceProcess> running = last->lock(); running && !running->gone() && !anew) {
    return running;
  }
  absl::StatusOr<std::shared_ptr<DeviceProcess>> started = start();
  if (!started.ok()) return started;
  (*started)->open_patience_ = open_patience;
  *last = *started;
  return started;
}

std::shared_ptr<void> open_devices_apart() {
  absl::StatusOr<std::shared_ptr<DeviceProcess>> process = DeviceProcess::renew(kApartPatience);
  return process.ok() ? *std::move(process) : nullptr;
}

void give_up_devices() {
  const absl::MutexLock lock(&newest_mutex);
  if (newest != nullptr) newest->give_up();
}

absl::StatusOr<std::shared_ptr<DeviceProcess>> DeviceProcess::start() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return cannot_start();
  base::FileDescriptor ours(ends[0]);
  const base::FileDescriptor theirs(ends[1]);
  const pid_t pid = SpawnPlan(theirs.get()).spawn();
  if (pid < 0) return cannot_start();
  base::FileDescriptor pid_fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  std::shared_ptr<DeviceProcess> process(
      new DeviceProcess(pid, std::move(pid_fd), std::move(ours)));
  if (!process->pid_fd_.valid()) {
    process->give_up();
    return cannot_start();
  }
  if (absl::Status status = process->read_devices(); !status.ok()) return status;
  return process;
}

DeviceProcess::DeviceProcess(pid_t pid, base::FileDescriptor pid_fd, base::FileDescriptor socket)
    : pid_(pid), pid_fd_(std::move(pid_fd)), socket_(std::move(socket)) {
  const absl::MutexLock lock(&newest_mutex);
  newest = this;
}

/// The socket's end asks it to close what is open; one that does not, or cannot, is killed.
DeviceProcess::~DeviceProcess() {
  {
    const absl::MutexLock lock(&newest_mutex);
    if (newest == this) newest = nullptr;
  }
  socket_.reset();
  if (!has_ended(pid_fd_.get(), kEndPatience)) give_up();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

absl::Status DeviceProcess::read_devices() {
  for (;;) {
    const absl::StatusOr<ReceivedMessage> received = receive_message(socket_.get(), kStartPatience);
    if (!received.ok()) {
      give_up();
      return no_answer();
    }
    if (received->message.kind != DeviceMessage::Kind::kDevice) return status_of(received->message);
    devices_.push_back(device_of(received->message));
  }
}

absl::Status DeviceProcess::ask(const DeviceMessage& request, int fd,
                                std::chrono::milliseconds patience) {
  if (send_message(socket_.get(), request, fd)) {
    const absl::StatusOr<ReceivedMessage> answer = receive_message(socket_.get(), patience);
    if (answer.ok()) return status_of(answer->message);
  }
  give_up();
  return no_answer();
}

absl::StatusOr<std::uint32_t> DeviceProcess::open(const DeviceInfo& device, Direction direction,
                                                  const SharedStreamMemory& memory) {
  const absl::MutexLock lock(&asking_);
  DeviceMessage request;
  request.kind = DeviceMessage::Kind::kOpen;
  request.stream = next_stream_++;
  request.direction = direction;
  request.device = device.number;
  if (absl::Status status = ask(request, memory.fd(), open_patience_); !status.ok()) return status;
  return request.stream;
}

void DeviceProcess::close(std::uint32_t stream) {
  const absl::MutexLock lock(&asking_);
  if (gone()) return;
  DeviceMessage request;
  request.kind = DeviceMessage::Kind::kClose;
  request.stream = stream;
  std::ignore = ask(request, -1, kClosePatience);  // what does not close is given up
}

/// Only the destructor reaps, so the number is this process's for as long as this object lives.
void DeviceProcess::give_up() {
  given_up_ = true;
  ::kill(pid_, SIGKILL);
}

bool DeviceProcess::gone() const {
  return given_up_ || has_ended(pid_fd_.get(), std::chrono::milliseconds(0));
}

std::chrono::nanoseconds DeviceProcess::cpu_time() const {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

absl::StatusOr<std::vector<DeviceInfo>> list_devices() {
  const absl::StatusOr<std::shared_ptr<DeviceProcess>> process = DeviceProcess::renew();
  if (!process.ok()) return process.status();
  return (*process)->devices();
}

}  // namespace comcat::audio
