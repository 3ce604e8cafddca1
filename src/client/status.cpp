#include "comcat/client/status.h"

#include <algorithm>
#include <array>

#include "line_text.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

constexpr int kMostBars = 4;
constexpr std::size_t kNameColumns = 16;  // of one name among several
constexpr const char* kBetween = " | ";
constexpr std::size_t kBetweenColumns = 3;
constexpr std::size_t kMoreColumns = 4;  // " +12"

std::string bar(int bars) {
  return std::string(static_cast<std::size_t>(bars), '#') +
         std::string(static_cast<std::size_t>(kMostBars - bars), '.');
}

/// `name` as shown_name() has it, in at most `columns`.
std::string shown_within(const std::string& name, std::size_t columns) {
  std::string shown = shown_name(name);
  for (std::size_t keep = columns; width(shown) > columns && keep > 0; --keep) {
    std::string start = cut(name, keep - 1);
    while (start.ends_with(' ')) start.pop_back();
    shown = shown_name(start) + "…";
  }
  return shown;
}

void append(std::string& row, const std::string& part) {
  if (!part.empty()) row += (row.empty() ? "" : kBetween) + part;
}

/// What concerns oneself; there is always space for it.
std::string own_state(const Status& status) {
  std::string out;
  if (status.offline) append(out, "offline");
  if (status.microphone == Status::Microphone::kMuted) append(out, "muted");
  if (status.microphone == Status::Microphone::kMutedByHost) append(out, "muted by a host");
  if (status.microphone == Status::Microphone::kHushed) append(out, "hushed");
  const bool sends = status.microphone == Status::Microphone::kOpen && !status.offline;
  if (sends) append(out, "mic " + bar(status.own_bars));
  if (status.deafened) append(out, "deafened");
  if (status.heard_bars && !status.deafened) append(out, "out " + bar(*status.heard_bars));
  return out;
}

std::string place(const Status& status, std::size_t columns) {
  constexpr std::size_t kLeastName = 4;
  const std::string heads = ", " + std::to_string(status.heads) + " here";
  if (columns < heads.size() + kLeastName) return "";
  return shown_within(status.room, std::min(columns - heads.size(), 2 * kNameColumns)) + heads;
}

std::string talkers(const Status& status, std::size_t columns) {
  std::string out;
  for (std::size_t i = 0; i < status.talkers.size(); ++i) {
    const Status::Talker& talker = status.talkers[i];
    const std::size_t more = status.talkers.size() - i;
    const std::string number = talker.twin > 1 ? " (" + std::to_string(talker.twin) + ")" : "";
    const std::string end = number + " " + bar(talker.bars);
    const std::size_t used = width(out) + (out.empty() ? 0 : 1) + end.size();
    const std::size_t left = columns - std::min(columns, used + (more > 1 ? kMoreColumns : 0));
    const std::string name = shown_within(talker.name, std::min(left, kNameColumns));
    constexpr std::size_t kLeastName = 3;
    if (left < kLeastName || width(name) > left) {
      return out + (out.empty() ? "" : " ") + "+" + std::to_string(more);
    }
    out += (out.empty() ? "" : " ") + name + end;
  }
  return out;
}

/// From the most telling to the least.
std::array<std::string, 3> quality(const Status& status) {
  const auto ms = [](const char* what, const auto& delay) {
    return delay ? what + std::to_string(delay->count()) + " ms" : std::string();
  };
  return {status.lossy ? "lossy" : "", ms("round trip ", status.round_trip),
          ms("playout ", status.playout)};
}

}  // namespace

int level_bars(unsigned level_dbov) {
  constexpr std::array<unsigned, kMostBars> kQuietest{60, 45, 32, 20};
  return static_cast<int>(
      std::ranges::count_if(kQuietest, [=](unsigned least) { return level_dbov <= least; }));
}

std::string status_row(const Status& status, std::size_t columns) {
  if (columns < kLeastStatusColumns) return "";
  const std::size_t limit = columns - 1;  // a full row would make the cursor wait behind it
  const std::string own = own_state(status);
  const auto left = [&](const std::string& row) {
    const std::size_t used = width(row) + (row.empty() ? 0 : kBetweenColumns);
    return limit - std::min(limit, used + width(own) + kBetweenColumns);
  };
  // Who speaks finds space before a long room's name does.
  const std::size_t for_talkers = status.talkers.empty() ? 0 : limit / 2;
  std::string row = place(status, left("") - std::min(left(""), for_talkers));
  append(row, talkers(status, left(row)));
  append(row, own);
  for (const std::string& part : quality(status)) {
    if (width(row) + kBetweenColumns + part.size() <= limit) append(row, part);
  }
  return row;
}

}  // namespace comcat::client
