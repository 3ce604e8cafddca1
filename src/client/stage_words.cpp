#include "comcat/client/stage_words.h"

#include <charconv>

namespace comcat::client {

absl::StatusOr<bool> parse_echo(std::string_view word) {
  if (word == "on" || word == "off") return word == "on";
  return absl::InvalidArgumentError("write echo on, or echo off");
}

absl::StatusOr<voice::Noise> parse_noise(std::string_view word) {
  if (word == "off") return voice::Noise::kOff;
  if (word == "low") return voice::Noise::kLow;
  if (word == "high") return voice::Noise::kHigh;
  return absl::InvalidArgumentError("write noise off, noise low or noise high");
}

absl::StatusOr<voice::Gain> parse_gain(std::string_view word) {
  if (word == "on") return voice::Gain{.adaptive = true, .fixed_db = 0};
  if (word == "off") return voice::Gain{};
  voice::Gain gain;
  if (word.starts_with('+')) word.remove_prefix(1);
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, gain.fixed_db);
  const bool number = !word.empty() && error == std::errc() && stop == end;
  if (!number || gain.fixed_db < 0 || gain.fixed_db > voice::kMostGainDb) {
    return absl::InvalidArgumentError("write gain on, gain off, or gain +N with N from 1 to " +
                                      std::to_string(voice::kMostGainDb) + " dB");
  }
  return gain;
}

absl::StatusOr<Activation> parse_activation(std::string_view word) {
  if (word == "voice") return Activation::kVoice;
  if (word == "always") return Activation::kAlways;
  if (word == "push") return Activation::kPush;
  return absl::InvalidArgumentError("write activation voice, activation always or activation push");
}

std::string word_of(Activation activation) {
  switch (activation) {
    case Activation::kVoice:
      return "voice";
    case Activation::kAlways:
      return "always";
    case Activation::kPush:
      break;
  }
  return "push";
}

std::string word_of(voice::Noise noise) {
  switch (noise) {
    case voice::Noise::kOff:
      return "off";
    case voice::Noise::kLow:
      return "low";
    case voice::Noise::kHigh:
      break;
  }
  return "high";
}

std::string word_of(const voice::Gain& gain) {
  if (gain.adaptive) return "on";
  return gain.on() ? "+" + std::to_string(gain.fixed_db) : "off";
}

std::string words_of(const VoiceStages::State& state) {
  std::string when = "sent always";
  if (state.activation == Activation::kVoice) when = "sent when you speak";
  if (state.activation == Activation::kPush) when = "sent from talk to hush";
  return std::string("echo ") + (state.settings.echo ? "on" : "off") + ", noise " +
         word_of(state.settings.noise) + ", gain " + word_of(state.settings.gain) + ", " + when;
}

}  // namespace comcat::client
