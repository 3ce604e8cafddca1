#include "comcat/client/printer.h"

#include <utility>

#include "comcat/base/write.h"

namespace comcat::client {

using base::write_fully;

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
