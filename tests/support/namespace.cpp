#include "support/namespace.h"

#include <thread>

#include <fcntl.h>
#include <sched.h>

#include "comcat/base/file_descriptor.h"

namespace comcat::testing {
namespace {

constexpr const char* kUnshare = "/usr/bin/unshare";
constexpr const char* kNsenter = "/usr/bin/nsenter";

const char* flag(Namespace::Kind kind) {
  return kind == Namespace::Kind::kNetwork ? "--net" : "--mount";
}

}  // namespace

std::unique_ptr<Namespace> Namespace::make(Kind kind) {
  auto holder = std::make_unique<Process>(
      std::vector<std::string>{kUnshare, flag(kind), "/bin/sh", "-c", "echo inside; exec cat"});
  if (!holder->wait_for_line(Process::kOut, "inside")) return nullptr;
  std::unique_ptr<Namespace> made(new Namespace(kind, std::move(holder)));
  if (kind == Kind::kNetwork && !made->run({"/usr/sbin/ip", "link", "set", "lo", "up"})) {
    return nullptr;
  }
  return made;
}

Process::Options Namespace::inside() const {
  const std::string file = kind_ == Kind::kNetwork ? "net" : "mnt";
  Process::Options options;
  options.launcher = {kNsenter, std::string(flag(kind_)) + "=/proc/" + pid() + "/ns/" + file};
  return options;
}

bool Namespace::run(const std::vector<std::string>& command) const {
  return Process(command, inside()).wait_exit() == 0;
}

bool Namespace::run_thread(const std::function<void()>& what) const {
  if (kind_ != Kind::kNetwork) return false;
  const base::FileDescriptor space(
      ::open(("/proc/" + pid() + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC));
  bool inside = false;
  std::thread([&] {
    inside = ::setns(space.get(), CLONE_NEWNET) == 0;
    if (inside) what();
  }).join();
  return inside;
}

std::string Namespace::outside(const std::string& path) const {
  return "/proc/" + pid() + "/root" + path;
}

}  // namespace comcat::testing
