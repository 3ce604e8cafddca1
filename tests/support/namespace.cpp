#include "support/namespace.h"

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

std::string Namespace::outside(const std::string& path) const {
  return "/proc/" + pid() + "/root" + path;
}

}  // namespace comcat::testing
