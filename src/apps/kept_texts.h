#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "comcat/store/journal.h"

#include "absl/status/statusor.h"
#include "state_lock.h"

/// comcat-server's flag --history_hours. Threads: the main one.
namespace comcat::apps {

/// Where a server keeps texts, which is then its alone.
struct KeptTexts {
  std::optional<StateLock> lock;
  std::optional<store::JournalOptions> journal;  // nothing: it keeps none
};

/// What the flag says, for the state directory `state_dir`. Where that is another server's, or
/// there is none, a server keeps no texts and its log says so, unless it was told for how long; an
/// error is one sentence.
[[nodiscard]] absl::StatusOr<KeptTexts> keep_texts(const std::string& state_dir);

/// For how long a cluster's history keeps texts by the flag: an hour where they are kept nowhere
/// else, so that servers which were away for less hear what was said meanwhile.
[[nodiscard]] std::chrono::hours shared_text_hours();

}  // namespace comcat::apps
