#include "comcat/client/client.h"

#include <unistd.h>

#include "comcat/client/console.h"
#include "comcat/client/signals.h"

#include "client_loop.h"

namespace comcat::client {
namespace {

constexpr int kInterrupted = 130;  // as a shell calls a program that SIGINT ended

}  // namespace

Ending run_client(const ClientOptions& options) {
  if (const absl::Status status = check(options); !status.ok()) {
    return {Ending::Kind::kUsage, std::string(status.message())};
  }
  remember_terminal();
  ClientLoop loop(options);
  // Blocks the signals before any thread has started, and watches them until the last has ended.
  const SignalWatcher signals([&loop] { loop.request_stop(); },
                              [] {
                                restore_terminal();
                                ::_exit(kInterrupted);
                              });
  return loop.run();
}

}  // namespace comcat::client
