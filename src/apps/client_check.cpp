#include "client_check.h"

#include <unistd.h>

#include "comcat/base/write.h"

#include "absl/flags/flag.h"
#include "program.h"

ABSL_FLAG(
    bool, check, false,
    "try microphone, loudspeaker, echo and delay, and with a server that, too; say what is to "
    "be changed, and end. It takes some 15 s");

namespace comcat::apps {
namespace {

using Subject = client::Finding::Subject;

Exit exit_of(transport::FailureKind kind) {
  switch (kind) {
    case transport::FailureKind::kUsage:
      return Exit::kUsage;
    case transport::FailureKind::kRefused:
      return Exit::kRefused;
    case transport::FailureKind::kFull:
      return Exit::kFull;
    case transport::FailureKind::kUnreachable:
      break;
  }
  return Exit::kUnreachable;
}

Exit exit_of(Subject subject) {
  switch (subject) {
    case Subject::kServer:
      return Exit::kUnreachable;
    case Subject::kMicrophone:
      return Exit::kMicrophone;
    case Subject::kLoudspeaker:
      return Exit::kLoudspeaker;
    case Subject::kEcho:
      return Exit::kEcho;
    case Subject::kDatagrams:
      return Exit::kDatagrams;
    case Subject::kDelay:
      break;
  }
  return Exit::kDelay;
}

}  // namespace

bool is_check() {
  return absl::GetFlag(FLAGS_check);
}

int check_setup(const client::ClientOptions& options, bool has_server, bool json,
                const client::AskPasscode& ask) {
  const auto show = [json](const client::Report& report) {
    base::write_fully(STDOUT_FILENO, (json ? client::to_json(report) : report.text) + "\n");
  };
  const client::SetupVerdict verdict = client::check_setup(options, has_server, show, ask);
  Exit code = Exit::kStopped;
  if (verdict.wrong) code = exit_of(*verdict.wrong);
  if (verdict.failure) code = exit_of(*verdict.failure);
  if (!verdict.device.ok()) {
    code = absl::IsInvalidArgument(verdict.device) ? Exit::kUsage : Exit::kSoundDevice;
  }
  return static_cast<int>(code);
}

}  // namespace comcat::apps
