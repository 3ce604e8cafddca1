#include "comcat/client/printer.h"

#include <cerrno>
#include <cstddef>
#include <utility>

#include <unistd.h>

namespace comcat::client {

bool write_fully(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

void Printer::print(const std::string& text) {
  const absl::MutexLock lock(&mutex_);
  const auto has_space = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !wake_ || waiting_.size() < kMaxWaitingBytes;
  };
  mutex_.Await(absl::Condition(&has_space));
  if (wake_) {
    waiting_ += text + "\n";
    wake_();
  } else {
    write_fully(fd_, text + "\n");
  }
}

void Printer::attach(std::function<void()> wake) {
  const absl::MutexLock lock(&mutex_);
  wake_ = std::move(wake);
}

void Printer::detach() {
  const absl::MutexLock lock(&mutex_);
  wake_ = nullptr;
  write_fully(fd_, std::exchange(waiting_, {}));
}

std::string Printer::take() {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(waiting_, {});
}

}  // namespace comcat::client
