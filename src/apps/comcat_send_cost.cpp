// What a datagram costs a server at least: one of a frame's length to each listener by sendto(),
// sealed for nobody, and nothing else. scripts/bench-server prints it beside comcat-server.
//
//     comcat-send-cost CLIENTS SPEAKERS SECONDS    prints microseconds of CPU per datagram

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"

namespace {

using comcat::base::FileDescriptor;

constexpr std::size_t kBytes = 124;  // a frame of 80, its header, and a datagram's of comcat's
constexpr std::chrono::milliseconds kFrame{20};
constexpr int kMostClients = 10'000;

struct Receiver {
  FileDescriptor fd{socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)};
  sockaddr_in where{};
};

std::vector<Receiver> receivers(int count) {
  std::vector<Receiver> out(static_cast<std::size_t>(count));
  for (Receiver& receiver : out) {
    receiver.where.sin_family = AF_INET;
    receiver.where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const address = reinterpret_cast<sockaddr*>(&receiver.where);
    socklen_t size = sizeof(receiver.where);
    if (bind(receiver.fd.get(), address, size) != 0 ||
        getsockname(receiver.fd.get(), address, &size) != 0) {
      std::perror("comcat-send-cost: no socket on loopback");
      std::exit(1);
    }
  }
  return out;
}

/// Reads what comes, as comcat-load does: in a process of its own, until it is killed.
[[noreturn]] void receive(const std::vector<Receiver>& all) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const FileDescriptor epoll(epoll_create1(0));
  for (const Receiver& receiver : all) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.fd = receiver.fd.get();
    epoll_ctl(epoll.get(), EPOLL_CTL_ADD, receiver.fd.get(), &event);
  }
  std::array<epoll_event, 256> ready{};
  std::array<char, 2048> buffer{};
  for (;;) {
    const int count = epoll_wait(epoll.get(), ready.data(), ready.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = ready[static_cast<std::size_t>(i)].data.fd;
      while (recv(fd, buffer.data(), buffer.size(), 0) > 0) {
      }
    }
  }
}

std::chrono::duration<double, std::micro> cpu() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Becomes readable each time that a frame is due: each speaker's are at times of their own.
FileDescriptor frames_of(int speakers) {
  FileDescriptor timer(timerfd_create(CLOCK_MONOTONIC, 0));
  itimerspec times{};
  times.it_value.tv_nsec = times.it_interval.tv_nsec =
      std::chrono::nanoseconds(kFrame).count() / speakers;
  timerfd_settime(timer.get(), 0, &times, nullptr);
  return timer;
}

std::size_t send_all(const std::vector<Receiver>& to, int speakers, std::chrono::seconds time) {
  const FileDescriptor from(socket(AF_INET, SOCK_DGRAM, 0));
  const FileDescriptor timer = frames_of(speakers);
  const std::array<char, kBytes> frame{};
  std::size_t sent = 0;
  std::uint64_t due = 0;
  for (auto left = speakers * (time / kFrame); left > 0; --left) {
    if (read(timer.get(), &due, sizeof(due)) != sizeof(due)) break;
    for (std::size_t i = 1; i < to.size(); ++i) {  // all but who speaks
      const auto* const where = reinterpret_cast<const sockaddr*>(&to[i].where);
      if (sendto(from.get(), frame.data(), frame.size(), 0, where, sizeof(to[i].where)) > 0) ++sent;
    }
  }
  return sent;
}

int number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int clients = argc == 4 ? number(argv[1]) : 0;
  const int speakers = argc == 4 ? number(argv[2]) : 0;
  const int seconds = argc == 4 ? number(argv[3]) : 0;
  if (clients < 2 || clients > kMostClients || speakers < 1 || speakers > clients || seconds < 1) {
    std::fputs("usage: comcat-send-cost CLIENTS SPEAKERS SECONDS\n", stderr);
    return 2;
  }
  const std::vector<Receiver> all = receivers(clients);
  const pid_t child = fork();
  if (child == 0) receive(all);
  const auto before = cpu();
  const std::size_t sent = send_all(all, speakers, std::chrono::seconds(seconds));
  const auto used = cpu() - before;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  if (sent == 0) {
    std::fputs("comcat-send-cost: nothing could be sent\n", stderr);
    return 1;
  }
  std::printf("%.3f\n", used.count() / static_cast<double>(sent));
}
