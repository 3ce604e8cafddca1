#include "address_race.h"

#include <array>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <grpcpp/alarm.h>
#include <netdb.h>

#include "comcat/rpc/deadline.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "race.h"

namespace comcat::transport {

struct AddressRace::State {
  State(grpc::CompletionQueue& its_queue, rpc::Completion* its_over)
      : queue(its_queue), over(its_over) {}

  /// The first to call it has the last word.
  void end(absl::StatusOr<base::Address> how) {
    const absl::MutexLock lock(&mutex);
    if (abandoned.exchange(true)) return;
    result = std::move(how);
    alarm.Set(&queue, rpc::at_once(), over);
  }

  grpc::CompletionQueue& queue;  // not used any more once it has ended
  rpc::Completion* const over;
  absl::Mutex mutex;
  std::atomic<bool> abandoned{false};  // or over
  grpc::Alarm alarm;
  absl::StatusOr<base::Address> result = absl::UnknownError("not over");
};

namespace {

/// As classify() knows it.
absl::Status not_found(int error) {
  return absl::UnavailableError("DNS resolution failed: " + std::string(gai_strerror(error)));
}

absl::StatusOr<std::vector<Endpoint>> look_up(const base::Address& address) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int error = ::getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) return not_found(error);
  std::vector<Endpoint> out;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    out.push_back(Endpoint::of(one->ai_addr, one->ai_addrlen));
  }
  ::freeaddrinfo(found);
  return out;
}

absl::StatusOr<base::Address> numeric(const Endpoint& endpoint, std::uint16_t port) {
  std::array<char, NI_MAXHOST> host{};
  const int error = ::getnameinfo(endpoint.sockaddr(), endpoint.size, host.data(), host.size(),
                                  nullptr, 0, NI_NUMERICHOST);
  if (error != 0) return not_found(error);
  return base::Address{.host = host.data(), .port = port};
}

absl::StatusOr<base::Address> find(const base::Address& address,
                                   const std::atomic<bool>& abandoned) {
  const absl::StatusOr<std::vector<Endpoint>> found = look_up(address);
  if (!found.ok()) return found.status();
  if (found->size() == 1) return numeric(found->front(), address.port);
  const absl::StatusOr<Endpoint> first = first_to_answer(interleaved(*found), abandoned);
  if (!first.ok()) return first.status();
  return numeric(*first, address.port);
}

}  // namespace

AddressRace::AddressRace(const base::Address& address, grpc::CompletionQueue& queue,
                         rpc::Completion* over)
    : state_(std::make_shared<State>(queue, over)) {
  std::thread([state = state_, address] { state->end(find(address, state->abandoned)); }).detach();
}

void AddressRace::abandon() {
  state_->end(absl::CancelledError("given up while looking for the address"));
}

const absl::StatusOr<base::Address>& AddressRace::result() const {
  return state_->result;
}

bool is_number(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  const std::string address = host.substr(0, host.find('%'));
  return ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1;
}

}  // namespace comcat::transport
