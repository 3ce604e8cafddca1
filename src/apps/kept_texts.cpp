#include "kept_texts.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "comcat/base/log.h"

#include "absl/flags/flag.h"
#include "user.h"

ABSL_FLAG(int, history_hours, 24,
          "for how long texts are kept and shown to who comes later; 0: none is kept");

namespace comcat::apps {
namespace {

constexpr int kDefaultHours = 24;
constexpr int kMaxHours = 24 * 366;

absl::StatusOr<KeptTexts> keep_in(const absl::StatusOr<std::filesystem::path>& state) {
  if (!state.ok()) return state.status();
  absl::StatusOr<StateLock> lock = StateLock::take(*state);
  if (!lock.ok()) return lock.status();
  KeptTexts texts;
  texts.lock.emplace(*std::move(lock));
  texts.journal.emplace();
  texts.journal->directory = *state;
  texts.journal->keep = std::chrono::hours(absl::GetFlag(FLAGS_history_hours));
  return texts;
}

}  // namespace

absl::StatusOr<KeptTexts> keep_texts(const std::string& state_dir) {
  const int hours = absl::GetFlag(FLAGS_history_hours);
  if (hours < 0 || hours > kMaxHours) {
    return absl::InvalidArgumentError("--history_hours goes from 0 to " +
                                      std::to_string(kMaxHours));
  }
  if (hours == 0) return KeptTexts{};
  const absl::StatusOr<std::filesystem::path> state = state_directory(state_dir);
  absl::StatusOr<KeptTexts> texts = keep_in(state);
  if (texts.ok() || hours != kDefaultHours) return texts;
  if (state.ok() && !absl::IsAlreadyExists(texts.status())) return texts;
  base::log(base::LogLevel::kWarning, "history_off",
            {{"why", std::string(texts.status().message())}});
  return KeptTexts{};
}

std::chrono::hours shared_text_hours() {
  return std::chrono::hours(std::max(absl::GetFlag(FLAGS_history_hours), 1));
}

}  // namespace comcat::apps
