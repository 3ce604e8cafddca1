#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/client/session.h"

namespace comcat::client {

/// What a session does to the world, kept for the test to look at.
class World final : public SessionPorts {
 public:
  absl::Status send(const wire::Command& command) override {
    if (!connected) return absl::UnavailableError("no connection");
    sent.push_back(command);
    return absl::OkStatus();
  }
  void set_place(const std::string& room, std::uint64_t last_text,
                 const std::string& passcode) override {
    passcode_there = passcode;
    room_to_ask_for = room;
    last_text_there = last_text;
  }
  void leave() override { ++left; }
  absl::Status set_muted(bool muted) override {
    if (!muted && !microphone.ok()) return microphone;
    mic_muted = muted;
    return absl::OkStatus();
  }
  absl::Status set_deafened(bool deafened) override {
    deaf = deafened;
    return absl::OkStatus();
  }
  void set_short_frames(bool on) override { short_frames = on; }
  absl::StatusOr<VoiceStages::State> set_stages(const VoiceStages::Change& change) override {
    if (absl::Status status = stages.change(change); !status.ok()) return status;
    return stages.state();
  }
  bool set_talking(bool on) override {
    stages.set_talking(on);
    return stages.state().activation == Activation::kPush;
  }
  void set_gain(wire::SessionNumber speaker, float gain) override { gains[speaker] = gain; }
  bool is_talking(wire::SessionNumber session) const override { return session == talks; }
  void remember(const ServerMemory& memory) override { remembered = memory; }
  void remove_speaker(wire::SessionNumber speaker) override { removed.push_back(speaker); }
  absl::Status start_recording(const std::string& directory) override {
    if (disk.ok()) recording_into = directory;
    return disk;
  }
  void stop_recording() override { recording_into.clear(); }
  absl::Status start_playing(const std::string& path, std::uint64_t /*number*/) override {
    if (disk.ok()) playing = path;
    return disk;
  }
  void stop_playing() override { playing.clear(); }
  void name_track(wire::SessionNumber speaker, const std::string& name, bool self) override {
    tracks[speaker] = name;
    if (self) own_track = speaker;
  }
  void show(Report report) override { shown.push_back(std::move(report)); }
  void answer(const Asker& asker, Report report) override {
    if (asker.id) report.details.with("id", *asker.id);
    answers[asker.ticket].push_back(to_json(report));
  }
  Report sound() const override { return {"sound", "microphone: " + input}; }
  absl::Status choose_sound(const ChooseSound& wanted) override {
    if (card.ok()) chosen.push_back(wanted);
    return card;
  }
  void list_devices() override { ++listed; }
  bool ask_passcode(const std::string& prompt) override {
    asked_for = prompt;
    return has_terminal;
  }
  void offer_rooms(std::vector<std::string> names) override { rooms = std::move(names); }
  SoundLevels levels() const override { return sound_levels; }
  Statistics statistics() const override { return {}; }

  /// What was shown since the last time.
  std::vector<std::string> take_texts() {
    std::vector<std::string> out;
    for (const Report& report : shown) out.push_back(report.text);
    shown.clear();
    return out;
  }

  bool connected = true;
  absl::Status microphone;
  absl::Status disk;
  absl::Status card;
  std::string input = "null";
  std::vector<ChooseSound> chosen;
  int listed = 0;
  std::string recording_into;
  std::string playing;
  wire::SessionNumber own_track = 0;
  std::map<wire::SessionNumber, std::string> tracks;
  std::vector<wire::Command> sent;
  std::string room_to_ask_for;
  std::uint64_t last_text_there = 0;
  std::string passcode_there;
  std::string asked_for;
  bool has_terminal = false;
  int left = 0;
  std::map<std::uint64_t, std::vector<std::string>> answers;  // by ticket
  std::vector<std::string> rooms;
  bool mic_muted = false;
  bool deaf = false;
  bool short_frames = false;
  wire::SessionNumber talks = 0;
  ServerMemory remembered;
  std::map<wire::SessionNumber, float> gains;
  VoiceStages stages;
  SoundLevels sound_levels;
  std::vector<wire::SessionNumber> removed;
  std::vector<Report> shown;
};

inline wire::Member member(wire::SessionNumber session, const std::string& name) {
  wire::Member out;
  out.session = session;
  out.name = name;
  return out;
}

inline wire::Welcome welcome(wire::SessionNumber self, std::vector<wire::Member> others = {}) {
  wire::Welcome out;
  out.session = self;
  out.room = "lobby";
  out.members = std::move(others);
  out.members.push_back(member(self, "an"));
  return out;
}

/// An, session 1, in the lobby with binh, session 2.
class InACall : public ::testing::Test {
 protected:
  explicit InACall(Session::Options options = {"an", "lobby", "example.org:50051", false})
      : session_(std::move(options), world_) {
    session_.on_welcome(welcome(1, {member(2, "binh")}));
    world_.take_texts();
  }
  void type(const std::string& line) { session_.on_line(line, now_); }
  /// Answers the command sent last.
  void answer(int status = 0, const std::string& text = "",
              decltype(wire::Outcome::result) result = {}) {
    ASSERT_FALSE(world_.sent.empty());
    session_.on_outcome({world_.sent.back().trace_id, status, text, std::move(result)}, now_);
  }

  World world_;
  Session session_;
  base::Time now_{std::chrono::hours(1)};
};

}  // namespace comcat::client
