#include "comcat/load/process_usage.h"

#include <cctype>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace comcat::load {
namespace {

/// The number after "KEY:" in a file of such lines; what is not there adds nothing.
std::uint64_t number_of(const std::string& path, std::initializer_list<const char*> keys) {
  std::ifstream file(path);
  std::uint64_t sum = 0;
  for (std::string line; std::getline(file, line);) {
    for (const char* key : keys) {
      const std::string head = std::string(key) + ":";
      if (line.rfind(head, 0) == 0) sum += std::strtoull(line.c_str() + head.size(), nullptr, 10);
    }
  }
  return sum;
}

void add_threads(const std::string& directory, ProcessUsage& usage) {
  std::error_code error;  // a thread may end while we look
  std::filesystem::directory_iterator tasks(directory + "/task", error);
  for (; !error && tasks != std::filesystem::directory_iterator(); tasks.increment(error)) {
    const std::string status = tasks->path().string() + "/status";
    ++usage.threads;
    usage.waits += number_of(status, {"voluntary_ctxt_switches"});
    usage.preemptions += number_of(status, {"nonvoluntary_ctxt_switches"});
  }
}

}  // namespace

absl::StatusOr<ProcessUsage> ProcessUsage::of(pid_t pid) {
  const std::string directory = "/proc/" + std::to_string(pid);
  clockid_t clock{};
  timespec cpu{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &cpu) != 0) {
    return absl::NotFoundError("there is no process " + std::to_string(pid) +
                               " on this machine; give --server_pid the server's");
  }
  ProcessUsage usage;
  usage.cpu = std::chrono::seconds(cpu.tv_sec) + std::chrono::nanoseconds(cpu.tv_nsec);
  add_threads(directory, usage);
  const std::string map = directory + "/smaps_rollup";
  usage.resident_kib = number_of(map, {"Rss"});
  usage.anonymous_kib = number_of(map, {"Anonymous"});
  if (usage.resident_kib == 0) {  // comcat's server lets only root look; this is less exact
    const std::string status = directory + "/status";
    usage.resident_kib = number_of(status, {"VmRSS"});
    usage.anonymous_kib = number_of(status, {"RssAnon"});
  }
  if (usage.resident_kib == 0) {
    return absl::FailedPreconditionError("the memory of process " + std::to_string(pid) +
                                         " may not be looked at; run as its user");
  }
  return usage;
}

}  // namespace comcat::load
