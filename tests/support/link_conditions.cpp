#include "support/link_conditions.h"

#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace comcat::testing {
namespace {

using Passes = LinkConditions::Passes;

std::chrono::microseconds milliseconds(double count) {
  return std::chrono::microseconds(std::llround(count * 1e3));
}

bool set_number(LinkConditions& to, absl::string_view name, double value) {
  if (name == "delay") {
    to.delay = milliseconds(value);
  } else if (name == "jitter") {
    to.jitter = milliseconds(value);
  } else if (name == "hold") {
    to.hold = milliseconds(value);
  } else if (name == "queue") {
    to.queue = milliseconds(value);
  } else if (name == "kbit") {
    to.bits_per_second = static_cast<std::uint64_t>(value * 1e3);
  } else if (name == "burst" && value >= 1) {
    to.burst = value;
  } else {
    return false;
  }
  return true;
}

bool set_share(LinkConditions& to, absl::string_view name, double per_cent) {
  if (per_cent > 100) return false;
  if (name == "loss") {
    to.loss = per_cent / 100;
  } else if (name == "reordered") {
    to.reordered = per_cent / 100;
  } else if (name == "duplicated") {
    to.duplicated = per_cent / 100;
  } else {
    return false;
  }
  return true;
}

std::optional<Passes> parse_passes(absl::string_view word) {
  if (word == "all") return Passes::kAll;
  if (word == "tcp") return Passes::kAllButUdp;
  if (word == "nothing") return Passes::kNothing;
  return std::nullopt;
}

bool set(LinkConditions& to, absl::string_view word) {
  const std::pair<absl::string_view, absl::string_view> split =
      absl::StrSplit(word, absl::MaxSplits('=', 1));
  if (split.first == "passes") {
    const std::optional<Passes> passes = parse_passes(split.second);
    to.passes = passes.value_or(to.passes);
    return passes.has_value();
  }
  double value = 0;
  if (!absl::SimpleAtod(split.second, &value) || !(value >= 0 && value <= 1e6)) return false;
  return set_number(to, split.first, value) || set_share(to, split.first, value);
}

}  // namespace

absl::Status change(LinkConditions& conditions, const std::string& words) {
  LinkConditions changed = conditions;
  for (const absl::string_view word : absl::StrSplit(words, ' ', absl::SkipEmpty())) {
    if (set(changed, word)) continue;
    return absl::InvalidArgumentError("a link has no " + std::string(word));
  }
  conditions = changed;
  return absl::OkStatus();
}

}  // namespace comcat::testing
