#include "support/client_process.h"

namespace comcat::testing {
namespace {

std::vector<std::string> command(const ServerProcess& server, const std::string& name,
                                 const std::string& state, const std::vector<std::string>& flags) {
  std::vector<std::string> out{program("comcat-client"), "--host=" + server.host(),
                               "--name=" + name, "--state_dir=" + state};
  if (server.fingerprint().empty()) out.emplace_back("--insecure");
  out.insert(out.end(), flags.begin(), flags.end());
  return out;
}

Process::Options with_secrets(Process::Options options, const std::string& name) {
  options.environment.insert(options.environment.begin(),
                             {{"COMCAT_PASSCODE", "hunter2"}, {"COMCAT_JACK_NAME", name}});
  return options;
}

}  // namespace

ClientProcess::ClientProcess(const ServerProcess& server, const std::string& name,
                             const std::vector<std::string>& flags, const Process::Options& options)
    : process_(command(server, name, state_.path(), flags), with_secrets(options, name)) {}

int ClientProcess::stop() {
  type("stop");
  return process_.wait_exit().value_or(-1);
}

}  // namespace comcat::testing
