#include "path_news.h"

namespace comcat::client {
namespace {

using datagram::Way;
using transport::PathStatus;
using Phase = PathStatus::Phase;

std::string in_words(Way way) {
  switch (way) {
    case Way::kDatagram:
      return "by datagrams";
    case Way::kBoth:
      return "both ways";
    case Way::kStream:
      break;
  }
  return "by the stream";
}

Report changed_report(const PathStatus& status) {
  return Report("path", "your voice goes " + in_words(status.up) + ", the others' comes " +
                            in_words(status.down))
      .with("up", to_word(status.up))
      .with("down", to_word(status.down));
}

Report blocked_report() {
  return {"notice",
          "UDP seems blocked between you and the server: voice goes by the stream, where it waits "
          "for every packet that the network loses"};
}

}  // namespace

std::string to_word(Way way) {
  switch (way) {
    case Way::kDatagram:
      return "datagrams";
    case Way::kBoth:
      return "both";
    case Way::kStream:
      break;
  }
  return "stream";
}

PathNews::News PathNews::note(const PathStatus& status) {
  News news;
  count_tries(status.phase);
  if (failed_tries_ >= kTriesThatShowIt && !told_blocked_) {
    told_blocked_ = true;
    news.blocked = blocked_report();
  }
  if (!told_ || told_->up != status.up || told_->down != status.down) {
    news.changed = changed_report(status);
    told_ = status;
  }
  return news;
}

void PathNews::count_tries(Phase phase) {
  if (phase == Phase::kClosed && phase_ != Phase::kClosed) ++failed_tries_;
  if (phase == Phase::kInUse) failed_tries_ = 0;
  phase_ = phase;
}

}  // namespace comcat::client
