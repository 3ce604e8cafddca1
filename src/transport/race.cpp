#include "race.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <poll.h>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"

namespace comcat::transport {
namespace {

std::string words_for(int error) {
  std::array<char, 128> buffer{};
  return ::strerror_r(error, buffer.data(), buffer.size());
}

/// The attempts under way. Each ends with its descriptor.
class Race {
 public:
  explicit Race(const std::vector<Endpoint>& endpoints) : endpoints_(endpoints) {}

  [[nodiscard]] bool has_next() const { return next_ < endpoints_.size(); }
  [[nodiscard]] std::size_t under_way() const { return attempts_.size(); }

  /// Tries the next; its endpoint, where it answers at once.
  std::optional<Endpoint> try_next() {
    const Endpoint& endpoint = endpoints_[next_++];
    constexpr int kKind = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    base::FileDescriptor fd(::socket(endpoint.storage.ss_family, kKind, 0));
    if (fd.valid() && ::connect(fd.get(), endpoint.sockaddr(), endpoint.size) == 0) {
      return endpoint;
    }
    if (fd.valid() && errno == EINPROGRESS) {
      attempts_.push_back({std::move(fd), endpoint});
    } else {
      note(errno);
    }
    return std::nullopt;
  }

  /// Waits for at most `patience`; the endpoint that has answered, if one has.
  std::optional<Endpoint> wait(std::chrono::milliseconds patience) {
    std::vector<pollfd> ready;
    for (const Attempt& attempt : attempts_) ready.push_back({attempt.fd.get(), POLLOUT, 0});
    std::ignore = ::poll(ready.data(), ready.size(), static_cast<int>(patience.count()));
    for (std::size_t i = ready.size(); i-- > 0;) {
      if (ready[i].revents == 0) continue;
      int error = 0;
      socklen_t size = sizeof(error);
      std::ignore = ::getsockopt(ready[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error == 0) return attempts_[i].endpoint;
      note(error);
      attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return std::nullopt;
  }

  [[nodiscard]] absl::Status failure() const { return absl::UnavailableError(words_for(error_)); }

 private:
  struct Attempt {
    base::FileDescriptor fd;
    Endpoint endpoint;
  };

  /// An address that says no tells more than one to which no way leads.
  void note(int error) {
    if (error_ == 0 || error == ECONNREFUSED) error_ = error;
  }

  const std::vector<Endpoint>& endpoints_;
  std::size_t next_ = 0;
  std::vector<Attempt> attempts_;
  int error_ = 0;
};

std::chrono::milliseconds until(base::Time then) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(then - base::steady_now());
  return std::max(left, std::chrono::milliseconds(0));
}

}  // namespace

Endpoint Endpoint::of(const ::sockaddr* address, socklen_t size) {
  Endpoint out;
  out.size = std::min<socklen_t>(size, sizeof(out.storage));
  std::memcpy(&out.storage, address, out.size);
  return out;
}

std::vector<Endpoint> interleaved(const std::vector<Endpoint>& endpoints) {
  if (endpoints.empty()) return {};
  std::vector<Endpoint> out = endpoints;
  const auto family = endpoints.front().storage.ss_family;
  const auto others = std::stable_partition(
      out.begin(), out.end(), [&](const Endpoint& one) { return one.storage.ss_family == family; });
  const auto of_first = static_cast<std::size_t>(others - out.begin());
  const std::vector<Endpoint> parted = out;
  std::size_t first = 0;
  std::size_t other = of_first;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool turn_of_first = i % 2 == 0 ? first < of_first : other == parted.size();
    out[i] = parted[turn_of_first ? first++ : other++];
  }
  return out;
}

absl::StatusOr<Endpoint> first_to_answer(const std::vector<Endpoint>& endpoints,
                                         const std::atomic<bool>& abandoned) {
  Race race(endpoints);
  base::Time next_try = base::steady_now();
  while (!abandoned) {
    if (race.has_next() && (race.under_way() == 0 || base::steady_now() >= next_try)) {
      if (const std::optional<Endpoint> found = race.try_next()) return *found;
      next_try = base::steady_now() + kAttemptDelay;
      continue;
    }
    const std::size_t before = race.under_way();
    if (before == 0) return race.failure();
    if (const auto found = race.wait(race.has_next() ? until(next_try) : kAttemptDelay)) {
      return *found;
    }
    if (race.under_way() < before) next_try = base::steady_now();
  }
  return absl::CancelledError("given up");
}

}  // namespace comcat::transport
