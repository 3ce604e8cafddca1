#include "talk_keyboard.h"

#include <optional>
#include <string>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/write.h"

namespace comcat::client {
namespace {

using TalkPress = Console::TalkPress;

constexpr int kAnswerMs = 200;

void tell(const std::string& words) {
  if (!words.empty()) base::write_fully(STDOUT_FILENO, words);
}

/// One more byte of the terminal's; false where none comes.
bool read_into(TerminalKeys& keys) {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  char byte = 0;
  if (::poll(&in, 1, kAnswerMs) != 1 || ::read(STDIN_FILENO, &byte, 1) != 1) return false;
  keys.feed(byte);
  return true;
}

}  // namespace

void TalkKeyboard::follow() {
  tell(held_keys_.want(wanted_));
}

bool TalkKeyboard::take(const TerminalInput& input) {
  if (const auto* const answer = std::get_if<TerminalAnswer>(&input)) {
    tell(held_keys_.take(*answer));
    return true;
  }
  const auto* const key = std::get_if<TalkKey>(&input);
  if (key == nullptr) return false;
  if (held_keys_.are_told()) {
    is_down_ = key->pressed;
    on_press_(key->pressed ? TalkPress::kDown : TalkPress::kUp);
  } else if (key->pressed && toggle_.press(base::steady_now())) {
    on_press_(TalkPress::kToggle);
  }
  return true;
}

void TalkKeyboard::release(TerminalKeys& keys) {
  while (held_keys_.is_awaiting() && read_into(keys)) {
    while (const std::optional<TerminalInput> input = keys.take()) {
      const auto* const answer = std::get_if<TerminalAnswer>(&*input);
      if (answer != nullptr) tell(held_keys_.take(*answer));
    }
  }
  tell(held_keys_.release());
  if (std::exchange(is_down_, false)) on_press_(TalkPress::kUp);
}

void TalkKeyboard::acquire() {
  tell(held_keys_.acquire());
}

}  // namespace comcat::client
