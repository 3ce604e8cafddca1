#include "client_control.h"

#include <unistd.h>

#include "comcat/base/write.h"
#include "comcat/client/control.h"

#include "absl/flags/flag.h"
#include "program.h"

ABSL_FLAG(std::string, send, "",
          "give one command to the client that is in a call with the same --control, print what it "
          "answers, and end: --send talk");

namespace comcat::apps {

bool is_sender() {
  return was_given("send");
}

int send_words(const std::string& control, bool json) {
  if (control.empty()) {
    return fail(Exit::kUsage, "--send needs the --control that the client in the call has");
  }
  if (absl::GetFlag(FLAGS_send).empty()) {
    return fail(Exit::kUsage, "--send needs a command, for example --send talk");
  }
  const auto answer = client::send_control(control, absl::GetFlag(FLAGS_send));
  if (!answer.ok()) {
    const bool nobody = absl::IsUnavailable(answer.status());
    return fail(nobody ? Exit::kUnreachable : Exit::kUsage, std::string(answer.status().message()));
  }
  if (json) base::write_fully(STDOUT_FILENO, answer->json + "\n");
  if (!answer->done) return fail(Exit::kRefused, answer->text);
  if (!json) base::write_fully(STDOUT_FILENO, answer->text + "\n");
  return static_cast<int>(Exit::kStopped);
}

}  // namespace comcat::apps
