#pragma once

#include <string>
#include <string_view>

#include "comcat/client/voice_stages.h"
#include "comcat/voice/settings.h"

#include "absl/status/statusor.h"

/// How people write what the stages shall do, in flags and at the console. Values and functions of
/// them. Threads: any.
namespace comcat::client {

/// "on" or "off". kInvalidArgument with one sentence; so do the others.
[[nodiscard]] absl::StatusOr<bool> parse_echo(std::string_view word);
/// "off", "low" or "high".
[[nodiscard]] absl::StatusOr<voice::Noise> parse_noise(std::string_view word);
/// "on", "off", or decibels: "+6".
[[nodiscard]] absl::StatusOr<voice::Gain> parse_gain(std::string_view word);

/// "voice", "always" or "push".
[[nodiscard]] absl::StatusOr<Activation> parse_activation(std::string_view word);

[[nodiscard]] std::string word_of(Activation activation);
[[nodiscard]] std::string word_of(voice::Noise noise);
[[nodiscard]] std::string word_of(const voice::Gain& gain);

/// What is done to the microphone's sound, in words: "echo on, noise low, gain +6, sent always".
[[nodiscard]] std::string words_of(const VoiceStages::State& state);

}  // namespace comcat::client
