#include "support/nats_server.h"

#include <cstdlib>
#include <utility>

namespace comcat::testing {

NatsServer::NatsServer(const std::vector<std::string>& flags) {
  start_again(flags);
}

NatsServer::NatsServer(const std::vector<std::string>& flags, std::string address,
                       Process::Options inside)
    : address_(std::move(address)), inside_(std::move(inside)) {
  start_again(flags);
}

void NatsServer::kill() {
  process_.reset();
}

void NatsServer::start_again(const std::vector<std::string>& flags) {
  std::vector<std::string> command{"/usr/sbin/nats-server", "-a",  address_,         "-p",
                                   std::to_string(port_),   "-sd", directory_.path()};
  command.insert(command.end(), flags.begin(), flags.end());
  process_ = std::make_unique<Process>(command, inside_);
  const auto line = process_->wait_for_line(Process::kErr, "Listening for client connections on ");
  if (line) port_ = std::atoi(line->substr(line->rfind(':') + 1).c_str());
  if (!process_->wait_for_line(Process::kErr, "Server is ready")) std::abort();
}

}  // namespace comcat::testing
