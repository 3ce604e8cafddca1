#pragma once

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

}  // namespace comcat::apps
