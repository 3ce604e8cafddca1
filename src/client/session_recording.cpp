// Recording the call: only while the server has told the others.

#include "comcat/base/text.h"
#include "comcat/client/session.h"

#include "shown_name.h"

namespace comcat::client {

void Session::execute(const RecordCall& wanted, base::Time now) {
  const std::string shown = base::safe_text(recording_.directory);
  if (wanted.directory.empty()) {
    if (recording_.directory.empty()) return show(Report("error", "nothing is being recorded"));
    const bool had_begun = recording_.on;
    stop_recording(now);
    show(Report("recorded", had_begun ? "the recording in " + shown + " is complete"
                                      : "nothing has been recorded into " + shown));
  } else if (!recording_.directory.empty()) {
    show(Report("error", "the call is recorded into " + shown + " already; record off ends that"));
  } else if (!recording_.allowed) {
    show(Report("error",
                "this server allows no recordings, or is too old to tell the others of one"));
  } else {
    recording_.directory = wanted.directory;
    ++recording_.unanswered;
    command(Kind::kRecord, wire::SetRecording{true}, now);
  }
}

bool Session::is_answer_awaited() {
  return --recording_.unanswered == 0 && !recording_.directory.empty();
}

void Session::start_recording(base::Time now) {
  const absl::Status status = ports_.start_recording(recording_.directory);
  if (!status.ok()) {
    stop_recording(now);
    return show(Report("error", std::string(status.message())));
  }
  recording_.on = true;
  for (const auto& [session, member] : members_) {
    ports_.name_track(session, member.name, session == self_);
  }
  show(Report("recording", "the call is recorded into " + base::safe_text(recording_.directory) +
                               ": each voice by itself (.opus) and all together (.flac); "
                               "the others are told")
           .with("directory", recording_.directory));
}

void Session::stop_recording(base::Time now) {
  recording_.on = false;
  recording_.directory.clear();
  ports_.stop_recording();
  command(Kind::kRecordNoMore, wire::SetRecording{false}, now);
}

void Session::on_recording_failure(const std::string& why, base::Time now) {
  if (!recording_.on) return;
  stop_recording(now);
  ports_.show(Report("recording_failed", why + "; the recording has ended"));
}

/// After an outage: a session that the server knows nothing of.
void Session::resume_recording() {
  if (!recording_.on) return;
  if (recording_.allowed) {
    outbox_.tell(wire::SetRecording{true});
    return;
  }
  recording_.on = false;
  recording_.directory.clear();
  ports_.stop_recording();
  ports_.show(Report("recording_failed",
                     "this server allows no recordings any more; the recording has ended"));
}

void Session::tell(const wire::RecordingChanged& event) {
  const auto found = members_.find(event.session);
  if (found == members_.end() || found->second.recording == event.recording) return;
  found->second.recording = event.recording;
  if (event.session == self_) return;
  ports_.show(Report(event.recording ? "records" : "records_no_more",
                     client::shown_person(found->second) +
                         (event.recording ? " records the call" : " no longer records the call"))
                  .with("session", static_cast<std::int64_t>(event.session))
                  .with("name", found->second.name));
}

}  // namespace comcat::client
