#include "audio/pipe_bytes.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace comcat::audio {

std::size_t PipeBytes::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset + into.size() <= kKeptBytes || offset < kept_.size()) {
    keep_until(std::min<std::uint64_t>(offset + into.size(), kKeptBytes));
  }
  std::size_t done = 0;
  if (offset < kept_.size()) {
    done = std::min(into.size(), kept_.size() - static_cast<std::size_t>(offset));
    std::copy_n(kept_.begin() + static_cast<std::ptrdiff_t>(offset), done, into.begin());
  }
  if (offset + done == received_) done += receive(into.subspan(done));
  return done;
}

bool PipeBytes::keep_until(std::uint64_t end) const {
  if (end <= kept_.size()) return true;
  const std::size_t before = kept_.size();
  if (received_ != before) return false;  // what came since has been given away
  kept_.resize(static_cast<std::size_t>(end));
  kept_.resize(before + receive(std::span(kept_).subspan(before)));
  return kept_.size() == end;
}

/// Fills `into`, or less at the end of the pipe.
std::size_t PipeBytes::receive(std::span<std::byte> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    std::array<pollfd, 2> fds{pollfd{fd_, POLLIN, 0}, pollfd{wake_fd_, POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) break;
    if (fds[1].revents != 0) break;
    if (fds[0].revents == 0) continue;
    const ssize_t got = ::read(fd_, into.data() + done, into.size() - done);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  received_ += done;
  return done;
}

}  // namespace comcat::audio
