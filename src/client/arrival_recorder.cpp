#include "comcat/client/arrival_recorder.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/text.h"
#include "comcat/base/write.h"

#include "absl/strings/str_cat.h"

namespace comcat::client {
namespace {

constexpr std::chrono::milliseconds kNap{200};
constexpr mode_t kOwnerOnly = 0600;  // when people speak is theirs too

std::string reason() {
  return std::generic_category().message(errno);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArrivalRecorder>> ArrivalRecorder::create(
    const std::string& path, std::function<void(std::string)> on_failure) {
  base::FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
  if (!file.valid()) {
    return absl::InvalidArgumentError(absl::StrCat("--record_arrivals cannot create ",
                                                   base::safe_text(path), " (", reason(),
                                                   "); name a new file"));
  }
  return std::unique_ptr<ArrivalRecorder>(
      new ArrivalRecorder(path, std::move(file), std::move(on_failure)));
}

ArrivalRecorder::ArrivalRecorder(std::string path, base::FileDescriptor file,
                                 std::function<void(std::string)> on_failure)
    : path_(std::move(path)), file_(std::move(file)), on_failure_(std::move(on_failure)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { write_until(stop); });
}

ArrivalRecorder::~ArrivalRecorder() {
  thread_ = std::jthread();
  if (!written_) ::unlink(path_.c_str());
}

void ArrivalRecorder::receive(const wire::VoicePackets& packets, base::Time now) {
  for (const wire::VoicePacket& packet : packets) {
    const bool taken = waiting_.push({.speaker = packet.speaker,
                                      .sequence = packet.sequence,
                                      .timestamp = packet.timestamp,
                                      .bytes = packet.payload.size(),
                                      .at = now});
    if (!taken) overflowed_.store(true, std::memory_order_relaxed);
  }
}

void ArrivalRecorder::write_until(const std::stop_token& stop) {
  while (!failed_ && !stop.stop_requested()) {
    if (overflowed_.load(std::memory_order_relaxed)) return fail("the disk is too slow");
    PacketArrival arrival;
    if (waiting_.wait_pop(arrival, kNap)) log_.insert(arrival);
    write(log_.take(base::steady_now()));
  }
  for (PacketArrival arrival; waiting_.pop(arrival);) log_.insert(arrival);
  write(log_.take_all());
}

void ArrivalRecorder::write(const std::string& lines) {
  if (failed_ || lines.empty()) return;
  const std::string heading = std::exchange(written_, true) ? "" : ArrivalLog::heading();
  if (!base::write_fully(file_.get(), heading + lines)) fail(reason());
}

void ArrivalRecorder::fail(const std::string& why) {
  failed_ = true;
  on_failure_(
      absl::StrCat("arrivals are no longer recorded in ", base::safe_text(path_), " (", why, ")"));
}

}  // namespace comcat::client
