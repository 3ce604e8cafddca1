#include "audio/portaudio_control.h"

#include <deque>
#include <memory>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "comcat/base/event.h"

#include "absl/synchronization/mutex.h"

namespace comcat::audio {
namespace {

struct Task {
  std::function<absl::Status()> work;
  absl::Status result;  // once it is done
  base::Event done;
};

absl::Mutex stderr_mutex;
/// A duplicate of stderr while a QuietStderr lives, else -1.
int real_stderr ABSL_GUARDED_BY(stderr_mutex) = -1;

void restore_stderr() {
  const absl::MutexLock lock(&stderr_mutex);
  if (real_stderr < 0) return;
  dup2(real_stderr, STDERR_FILENO);
  ::close(std::exchange(real_stderr, -1));
}

/// Lives as long as the process: PortAudio may hold its thread for longer than any owner would.
class ControlThread {
 public:
  ControlThread() {
    std::thread([this] { run(); }).detach();
  }

  absl::Status call(std::function<absl::Status()> work, std::chrono::milliseconds timeout) {
    const auto task = std::make_shared<Task>();
    task->work = std::move(work);
    {
      const absl::MutexLock lock(&mutex_);
      if (given_up_) return no_answer();
      tasks_.push_back(task);
    }
    if (task->done.wait_for(timeout)) return std::move(task->result);
    const absl::MutexLock lock(&mutex_);
    given_up_ = true;
    stuck_ = task;
    restore_stderr();
    return no_answer();
  }

 private:
  static absl::Status no_answer() {
    return absl::UnavailableError(
        "the sound system does not answer; see that it runs, then start comcat again");
  }

  [[nodiscard]] bool has_task() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !tasks_.empty(); }

  [[noreturn]] void run() {
    pthread_setname_np(pthread_self(), "comcat-audio");
    for (;;) {
      std::shared_ptr<Task> task;
      {
        const absl::MutexLock lock(&mutex_);
        mutex_.Await(absl::Condition(this, &ControlThread::has_task));
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task->result = task->work();
      task->done.set();
    }
  }

  absl::Mutex mutex_;
  std::deque<std::shared_ptr<Task>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool given_up_ ABSL_GUARDED_BY(mutex_) = false;
  // Never freed: a stream that opens too late goes on calling into it.
  std::shared_ptr<Task> stuck_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::Status on_portaudio_thread(std::function<absl::Status()> work,
                                 std::chrono::milliseconds timeout) {
  static auto* const thread = new ControlThread;
  return thread->call(std::move(work), timeout);
}

QuietStderr::QuietStderr() {
  const absl::MutexLock lock(&stderr_mutex);
  real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int null = real_stderr < 0 ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null < 0) return;
  dup2(null, STDERR_FILENO);
  ::close(null);
}

QuietStderr::~QuietStderr() {
  restore_stderr();
}

}  // namespace comcat::audio
