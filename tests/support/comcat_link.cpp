// comcat-link: two machines with a bad line between them, for trying programs out by hand.
//
//   comcat-link delay=25 jitter=5 loss=5
//
// It prints how to run something on each of them. Lines typed meanwhile change the line: "loss=0",
// "up passes=tcp" (from the client's machine to the server's), "down delay=200", "forget" (the
// client's router its ports), "move 3" (the client to 192.0.2.3). It ends with its input.

#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "support/lossy_network.h"

namespace comcat::testing {
namespace {

constexpr int kUsage = 2;

absl::Status change_both(LossyNetwork& network, absl::string_view words, bool up, bool down) {
  for (const LossyLink::Direction direction : {LossyLink::kUp, LossyLink::kDown}) {
    if (direction == LossyLink::kUp ? !up : !down) continue;
    LinkConditions conditions = network.link().conditions(direction);
    const absl::Status status = change(conditions, std::string(words));
    if (!status.ok()) return status;
    network.link().set(direction, conditions);
  }
  return absl::OkStatus();
}

absl::Status move(LossyNetwork& network, absl::string_view last) {
  int number = 0;
  const bool moved =
      absl::SimpleAtoi(last, &number) && number > 1 && number < 255 && network.move_client(number);
  if (moved) return absl::OkStatus();
  return absl::InvalidArgumentError("the client cannot move to that; give a number from 2 to 254");
}

absl::Status obey(LossyNetwork& network, absl::string_view line) {
  if (line == "forget") {
    network.link().forget_ports();
    return absl::OkStatus();
  }
  if (absl::ConsumePrefix(&line, "move ")) return move(network, line);
  const bool up = absl::ConsumePrefix(&line, "up ");
  const bool down = !up && absl::ConsumePrefix(&line, "down ");
  return change_both(network, line, up || !down, down || !up);
}

void tell(const char* who, const char* address, const Namespace& machine) {
  std::cout << who << " " << address << ": nsenter --net=/proc/" << machine.pid()
            << "/ns/net COMMAND\n";
}

int run(const std::string& words) {
  const std::unique_ptr<LossyNetwork> network = LossyNetwork::make();
  if (!network) {
    std::cerr << "comcat-link: no network could be made; it takes root and /dev/net/tun\n";
    return 1;
  }
  absl::Status status = obey(*network, words);
  if (!status.ok()) {
    std::cerr << "comcat-link: " << status.message() << "\n";
    return kUsage;
  }
  tell("server", LossyNetwork::kServer, network->server());
  tell("client", LossyNetwork::kClient, network->client());
  std::cout.flush();
  for (std::string line; std::getline(std::cin, line);) {
    status = obey(*network, line);
    if (!status.ok()) std::cerr << "comcat-link: " << status.message() << "\n";
  }
  for (const LossyLink::Direction direction : {LossyLink::kUp, LossyLink::kDown}) {
    const LinkModel::Counts counts = network->link().counts(direction);
    std::cout << (direction == LossyLink::kUp ? "up: " : "down: ") << counts.entered << " packets, "
              << counts.lost << " lost, " << counts.duplicated << " duplicated\n";
  }
  return 0;
}

}  // namespace
}  // namespace comcat::testing

int main(int argc, char** argv) {
  return comcat::testing::run(absl::StrJoin(argv + 1, argv + argc, " "));
}
