#include "support/server_process.h"

#include <cstdlib>

#include <signal.h>

namespace comcat::testing {
namespace {

/// The value of `key` in a key=value log line.
std::string field(const std::string& line, const std::string& key) {
  const std::size_t at = line.find(" " + key + "=");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size() + 2;
  return line.substr(begin, line.find(' ', begin) - begin);
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& flags, bool tls,
                             const Process::Options& options) {
  std::vector<std::string> command{program("comcat-server"), "--listen=127.0.0.1:0",
                                   "--passcode=hunter2", "--state_dir=" + state_.path()};
  if (!tls) command.emplace_back("--insecure");
  command.insert(command.end(), flags.begin(), flags.end());
  process_ = std::make_unique<Process>(command, options);
  const auto line = process_->wait_for_line(Process::kErr, " listening ");
  if (!line) return;  // port() stays 0, and every call to it fails
  const std::string address = field(*line, "address");
  port_ = std::atoi(address.substr(address.rfind(':') + 1).c_str());
  if (tls) fingerprint_ = field(*line, "fingerprint");
}

int ServerProcess::stop() {
  process_->signal(SIGTERM);
  return process_->wait_exit().value_or(-1);
}

}  // namespace comcat::testing
