#include "held_keys.h"

#include <atomic>
#include <utility>

namespace comcat::client {
namespace {

constexpr const char* kAsk = "\033[?u\033[c";
constexpr const char* kOn = "\033[>2u";
constexpr const char* kOff = "\033[<u";

std::atomic<bool> is_on{false};

}  // namespace

std::string HeldKeys::want(bool wanted) {
  wanted_ = wanted;
  if (!wanted_ || !holds_terminal_ || std::exchange(asked_, true)) return follow();
  return kAsk;
}

std::string HeldKeys::take(const TerminalAnswer& answer) {
  if (!is_awaiting()) return "";
  if (answer.of_keyboard) {
    known_ = true;
  } else {
    answered_ = true;  // it comes last
  }
  return follow();
}

std::string HeldKeys::release() {
  holds_terminal_ = false;
  return follow();
}

std::string HeldKeys::acquire() {
  holds_terminal_ = true;
  return want(wanted_);
}

std::string HeldKeys::follow() {
  const bool on = wanted_ && holds_terminal_ && known_;
  if (std::exchange(on_, on) == on) return "";
  is_on = on;
  return on ? kOn : kOff;
}

const char* held_keys_off() {
  return is_on ? kOff : "";
}

}  // namespace comcat::client
