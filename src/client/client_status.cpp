// Who talks, and the status line.

#include <algorithm>

#include "client_loop.h"

namespace comcat::client {

base::Time ClientLoop::next_deadline() const {
  base::Time next = std::min({session_.next_deadline(), leave_by_, joins_.next_deadline()});
  if (!wants_talkers() || printer_.is_full()) return next;
  next = std::min({next, speaking_events_.next_deadline(), status_pace_.next_deadline()});
  return std::min(next, talkers_.next_end(base::steady_now()));
}

std::vector<Talkers::Talker> ClientLoop::talking(base::Time now) const {
  std::vector<Talkers::Talker> out = talkers_.now(now);
  std::erase_if(out, [this](const auto& it) { return !session_.has_member(it.session); });
  return out;
}

void ClientLoop::tell_speaking(base::Time now) {
  if (!options_.speaking_events || printer_.is_full()) return;
  for (const SpeakingEvents::Change& change : speaking_events_.step(talking(now), now)) {
    session_.on_speaking(change.session, change.speaks);
  }
}

void ClientLoop::show_status(base::Time now) {
  if (!shows_status_ || !console_ || printer_.is_full() || !status_pace_.is_due(now)) return;
  Status status = session_.status();
  const std::vector<Talkers::Talker> talkers =
      status.offline ? std::vector<Talkers::Talker>{} : talking(now);
  for (const Talkers::Talker& it : talkers) {
    status.talkers.push_back(
        {session_.name_of(it.session), level_bars(it.level_dbov), session_.twin_of(it.session)});
  }
  const bool hushes = sound_->capture().stages().hushes();
  if (hushes && status.microphone == Status::Microphone::kOpen) {
    status.microphone = Status::Microphone::kHushed;
  }
  const bool sends = status.microphone == Status::Microphone::kOpen && !status.offline;
  if (!talkers.empty()) {
    status.heard_bars = level_bars(sound_->playback().levels(now).level_dbov);
  }
  if (sends) status.own_bars = level_bars(sound_->capture().stats().level_dbov);
  const bool live = sends || !talkers.empty();
  if (live && quality_.is_due(now)) quality_.note(statistics(), talkers, now);
  status.lossy = !status.offline && quality_.lossy(now);
  if (!talkers.empty()) status.playout = quality_.playout();
  status_pace_.looked(now, live);
  console_->set_status(status);
}

}  // namespace comcat::client
