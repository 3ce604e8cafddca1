#include "comcat/client/setup_check.h"

#include <algorithm>
#include <array>

#include "comcat/audio/source.h"

#include "server_probe.h"
#include "sound_probe.h"

namespace comcat::client {
namespace {

using Subject = Finding::Subject;
using Verdict = Finding::Verdict;

constexpr std::array kByUrgency{Subject::kServer, Subject::kMicrophone, Subject::kLoudspeaker,
                                Subject::kEcho,   Subject::kDatagrams,  Subject::kDelay};

std::optional<Subject> first_wrong(const std::vector<Finding>& findings) {
  for (const Subject subject : kByUrgency) {
    const bool wrong = std::ranges::any_of(findings, [&](const Finding& it) {
      return it.subject == subject && it.verdict == Verdict::kNotFine;
    });
    if (wrong) return subject;
  }
  return std::nullopt;
}

Report last_words(const SetupVerdict& verdict, const std::vector<Finding>& findings) {
  const bool all = std::ranges::none_of(
      findings, [](const Finding& it) { return it.verdict == Verdict::kNotJudged; });
  const bool fine = verdict.device.ok() && !verdict.wrong;
  return Report("checked", !fine ? "not all is fine; do what the lines above say, and check again"
                           : all ? "all is fine; call somebody"
                                 : "what could be judged is fine; call somebody")
      .with("fine", fine);
}

std::string words_at(SoundProbe::Moment moment, const ClientOptions& options) {
  if (moment == SoundProbe::Moment::kTurn) {
    return audio::is_device(options.input)
               ? "now speak for four seconds, as you will in the call: count to ten"
               : "";
  }
  return audio::is_device(options.output) ? "you will hear three chirps and a murmur; be quiet "
                                            "until you are asked to speak"
                                          : "";
}

/// Whose certificate it is, is shown before a passcode is asked for.
ServerMeasures measure_server(ClientOptions options, const std::function<void(const Report&)>& show,
                              const AskPasscode& ask) {
  const bool asks = ask != nullptr && options.passcode.empty();
  for (;;) {
    ServerMeasures out = ServerProbe(options).measure();
    if (!out.notice.empty()) show({"notice", out.notice});
    if (!asks || !out.failure || !out.failure->of_passcode) return out;
    std::optional<std::string> typed = ask(options.passcode);
    if (!typed) return out;
    options.passcode = *std::move(typed);
    options.passcode_origin = "the prompt";
  }
}

}  // namespace

SetupVerdict check_setup(const ClientOptions& options, bool has_server,
                         const std::function<void(const Report&)>& show, const AskPasscode& ask) {
  SetupVerdict verdict;
  std::vector<Finding> findings;
  const auto tell = [&](std::vector<Finding> found) {
    for (Finding& finding : found) {
      show(report_of(finding));
      findings.push_back(std::move(finding));
    }
  };
  const SoundMeasures sound =
      SoundProbe(options.input, options.output).measure([&](SoundProbe::Moment moment) {
        if (const std::string words = words_at(moment, options); !words.empty()) {
          show({"notice", words});
        }
      });
  verdict.device = sound.failure;
  if (sound.failure.ok()) {
    tell(findings_of(sound));
  } else {
    show(Report("error", std::string(sound.failure.message())));
  }
  ServerMeasures server;
  if (has_server) {
    server = measure_server(options, show, ask);
    tell(findings_of(server));
    if (server.failure) verdict.failure = server.failure->kind;
  }
  tell({delay_of(sound, server)});
  verdict.wrong = first_wrong(findings);
  show(last_words(verdict, findings));
  return verdict;
}

}  // namespace comcat::client
