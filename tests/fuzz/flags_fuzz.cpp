// What users write into flags: what is understood means what was written, and what is not gets one
// sentence that is safe on a terminal.

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/base/text.h"
#include "comcat/client/options.h"
#include "comcat/server/listen_address.h"
#include "comcat/transport/address.h"
#include "comcat/transport/known_hosts.h"
#include "comcat/wire/limits.h"

#include "apps/flag_help.h"
#include "audio/audio_spec.h"
#include "audio/device_choice.h"
#include "fuzz/fuzz.h"

namespace {

using namespace comcat;
using audio::AudioSpec;
using audio::Direction;

void check_sentence(const std::string& sentence) {
  constexpr std::size_t kOneSentence = 1'000;
  COMCAT_FUZZ_CHECK(!sentence.empty() && sentence.size() <= kOneSentence);
  COMCAT_FUZZ_CHECK(base::is_safe_text(sentence));
}

void check_refusal(const absl::Status& status) {
  COMCAT_FUZZ_CHECK(absl::IsInvalidArgument(status) || absl::IsNotFound(status));
  check_sentence(std::string(status.message()));
}

std::string shown(const AudioSpec& spec) {
  std::array<char, 64> number{};
  switch (spec.kind) {
    case AudioSpec::Kind::kDefaultDevice:
      return "device";
    case AudioSpec::Kind::kDevice:
      return spec.text;
    case AudioSpec::Kind::kStandardStream:
      return spec.text.empty() ? "-" : "file:" + spec.text;
    case AudioSpec::Kind::kFile:
    case AudioSpec::Kind::kFifo:
      return "file:" + spec.text;
    case AudioSpec::Kind::kNull:
      return "null";
    case AudioSpec::Kind::kTone:
      break;
  }
  const auto [end, error] = std::to_chars(number.data(), number.data() + number.size(), spec.hertz,
                                          std::chars_format::fixed);
  COMCAT_FUZZ_CHECK(error == std::errc());
  return "tone:" + std::string(number.data(), end);
}

void check_audio_spec(const std::string& text, Direction direction) {
  const auto spec = audio::parse_audio_spec(text, direction);
  if (!spec.ok()) return check_refusal(spec.status());
  const bool tone = spec->kind == AudioSpec::Kind::kTone;
  COMCAT_FUZZ_CHECK(!tone ||
                    (direction == Direction::kInput && spec->hertz >= 20 && spec->hertz <= 20'000));
  COMCAT_FUZZ_CHECK(spec->kind != AudioSpec::Kind::kFile || !spec->text.empty());
  // A tone may be written in several ways; all else says what was written.
  COMCAT_FUZZ_CHECK(tone || shown(*spec) == text || text.empty());
  const auto again = audio::parse_audio_spec(shown(*spec), direction);
  COMCAT_FUZZ_CHECK(again.ok() && again->kind == spec->kind && again->text == spec->text &&
                    again->hertz == spec->hertz);
}

std::string lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void check_device_choice(const std::string& text, Direction direction) {
  // What a machine has; names come from PortAudio through safe_text().
  static const auto* const devices = new std::vector<audio::DeviceInfo>{
      {0, "HDA Intel: Analog (hw:0,0)", "ALSA", 2, 2, false, false},
      {1, "HDMI", "ALSA", 0, 8, false, true},
      {2, "USB Mic\xC3\xA9", "ALSA", 1, 0, true, false},
      {10, "1", "JACK", 2, 2, false, false},
      {11, "usb mic", "JACK", 2, 2, false, false},
  };
  const auto chosen = audio::choose_device(*devices, text, direction);
  if (!chosen.ok()) return check_refusal(chosen.status());
  const int channels =
      direction == Direction::kInput ? chosen->input_channels : chosen->output_channels;
  COMCAT_FUZZ_CHECK(channels > 0);
  int asked_for = -1;
  std::from_chars(text.data(), text.data() + text.size(), asked_for);
  const bool number = asked_for == chosen->number;
  const bool part = lowered(chosen->name).find(lowered(text)) != std::string::npos;
  COMCAT_FUZZ_CHECK(number || part);
}

void check_addresses(const std::string& text) {
  const auto address = transport::parse_address(text);
  if (address.ok()) {
    const std::string written = base::to_string(*address);
    const auto again = transport::parse_address(written);
    COMCAT_FUZZ_CHECK(base::is_safe_text(written) && address->port != 0);
    COMCAT_FUZZ_CHECK(again.ok() && again->host == address->host && again->port == address->port);
  } else {
    check_refusal(address.status());
  }
  const auto listen = server::parse_listen_address(text, "--listen");
  if (!listen.ok()) return check_refusal(listen.status());
  const std::string written = base::to_string(*listen);
  const auto again = server::parse_listen_address(written, "--listen");
  COMCAT_FUZZ_CHECK(base::is_safe_text(written) && written.find(',') == std::string::npos);
  COMCAT_FUZZ_CHECK(again.ok() && again->host == listen->host && again->port == listen->port);
}

/// A client's options, with `text` in place of the one that `which` says.
void check_client_options(const std::string& text, std::size_t which) {
  client::ClientOptions options;
  options.name = "an";
  options.room = "lobby";
  std::string* const places[] = {&options.name, &options.room, &options.passcode,
                                 &options.only_fingerprint};
  *places[which % std::size(places)] = text;
  if (const absl::Status status = client::check(options); !status.ok()) {
    return check_refusal(status);
  }
  COMCAT_FUZZ_CHECK(wire::check_name(options.name).ok() && wire::check_name(options.room).ok());
  COMCAT_FUZZ_CHECK(options.passcode.empty() || wire::check_passcode(options.passcode).ok());
  COMCAT_FUZZ_CHECK(options.only_fingerprint.empty() ||
                    transport::is_fingerprint(options.only_fingerprint));
}

void check_log_level(const std::string& text) {
  base::LogLevel level = base::LogLevel::kError;
  const bool known = text == "debug" || text == "info" || text == "warning" || text == "error";
  COMCAT_FUZZ_CHECK(base::parse_log_level(text, level) == known);
  COMCAT_FUZZ_CHECK(known || level == base::LogLevel::kError);
}

void check_hint(const std::string& text) {
  static const auto* const flags =
      new std::vector<std::string>{"host", "name", "passcode", "passcode_file", "log_level"};
  for (const std::string& complaint : {text, "Unknown command line flag '" + text + "'"}) {
    const std::string sentence = apps::usage_sentence(complaint, *flags);
    check_sentence(sentence);
    COMCAT_FUZZ_CHECK(sentence.find("--help") != std::string::npos);
    const std::string meant = "did you mean --";
    const std::size_t at = sentence.rfind(meant);
    if (at == std::string::npos || text.find(meant) != std::string::npos) continue;
    const std::string flag =
        sentence.substr(at + meant.size(), sentence.rfind('?') - at - meant.size());
    COMCAT_FUZZ_CHECK(std::find(flags->begin(), flags->end(), flag) != flags->end());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t which = input.byte();
  const std::string text(input.rest());
  for (const Direction direction : {Direction::kInput, Direction::kOutput}) {
    check_audio_spec(text, direction);
    check_device_choice(text, direction);
  }
  check_addresses(text);
  check_client_options(text, which);
  check_log_level(text);
  check_hint(text);
  return 0;
}
