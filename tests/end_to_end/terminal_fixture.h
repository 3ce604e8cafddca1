#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "end_to_end/client_fixtures.h"
#include "support/screen.h"

namespace comcat::testing {

inline constexpr const char* kReady = "you are unmuted: they hear you";
inline constexpr const char* kShellPrompt = "shell% ";

/// A server, and clients on a terminal with `options_`.
class OnATerminal : public InACall {
 protected:
  OnATerminal() {
    options_.input = Process::Input::kTerminal;
    options_.environment = {
        {"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}, {"PS1", kShellPrompt}};
    options_.without = {"COMCAT_PASSCODE"};
  }
  using Words = std::vector<std::string>;

  /// Those whose control of jobs differs.
  [[nodiscard]] static std::vector<Words> shells() {
    return {{"/bin/bash", "--norc", "-i"}, {"/bin/dash", "-i"}};
  }
  /// `shell` on the terminal, at whose prompt `command` was typed; null where it has none.
  [[nodiscard]] std::unique_ptr<Process> type_into(const Words& shell, const Words& command) const {
    auto sh = std::make_unique<Process>(shell, options_);
    if (!sh->wait_for_text(Process::kErr, kShellPrompt)) return nullptr;
    std::string line;
    for (const std::string& word : command) line += word + " ";
    sh->write(line + "\n");
    return sh;
  }
  /// Without the status line, which is drawn between a prompt and the keys typed after it.
  [[nodiscard]] std::vector<std::string> as(const std::string& name,
                                            std::vector<std::string> flags = {}) const {
    flags.emplace_back("--nostatus_line");
    return InACall::as(name, flags);
  }
  /// Waits until it gets key after key: the first prompt is drawn a moment before.
  [[nodiscard]] static bool is_ready(Process& client) {
    if (!client.wait_for_text(Process::kOut, "> ")) return false;
    client.write("mute\runmute\r");
    return client.wait_for_text(Process::kOut, kReady);
  }
  /// What the terminal shows, from `first` on.
  [[nodiscard]] std::vector<std::string> shown_from(const std::string& first,
                                                    const Process& client) const {
    Screen screen(options_.columns);
    screen.write(client.output(Process::kOut));
    const std::vector<std::string> lines = screen.lines();
    return {std::find(lines.begin(), lines.end(), first), lines.end()};
  }
  Process::Options options_;
};

}  // namespace comcat::testing
