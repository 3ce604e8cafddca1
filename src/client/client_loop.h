#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "comcat/client/arrival_recorder.h"
#include "comcat/client/call_recording.h"
#include "comcat/client/client.h"
#include "comcat/client/console.h"
#include "comcat/client/loopback_meter.h"
#include "comcat/client/printer.h"
#include "comcat/client/session.h"
#include "comcat/client/sound.h"
#include "comcat/client/talkers.h"
#include "comcat/client/task_queue.h"
#include "comcat/transport/voice_stream.h"

#include "call_quality.h"
#include "control_socket.h"
#include "gathered_joins.h"
#include "path_news.h"
#include "speaking_events.h"
#include "status_pace.h"
#include "styled.h"

namespace comcat::client {

/// The main thread of a client, and what it owns. See run_client().
/// Threads    as marked below; what comes from another thread is posted to the main one.
class ClientLoop final : private SessionPorts, private transport::StreamHandler {
 public:
  explicit ClientLoop(const ClientOptions& options);
  ~ClientLoop() override;

  [[nodiscard]] Ending run();
  /// As the word `stop` does. From any thread; never waits.
  void request_stop();
  /// Ctrl+C on a half-typed line clears it; false where there is none. From any thread.
  [[nodiscard]] bool drop_typed_line() { return typed_line_.drop(); }

 private:
  // ---- StreamHandler, from the stream's threads
  void on_welcome(wire::Welcome welcome, const base::Address& from) override;
  void on_voice(wire::VoicePackets frames, wire::Via via) override;
  void on_path() override;
  void on_outcome(wire::Outcome outcome) override;
  void on_event(wire::Event event) override;
  void on_notice(std::string sentence) override;
  void on_interrupted(transport::Failure failure) override;
  void on_closed(std::optional<transport::Failure> failure) override;

  // ---- SessionPorts, from the main thread
  [[nodiscard]] absl::Status send(const wire::Command& command) override;
  void set_place(const std::string& room, std::uint64_t last_text,
                 const std::string& passcode) override;
  void leave() override;
  [[nodiscard]] absl::Status set_muted(bool muted) override;
  [[nodiscard]] absl::Status set_deafened(bool deafened) override;
  void set_short_frames(bool short_frames) override;
  [[nodiscard]] absl::StatusOr<VoiceStages::State> set_stages(
      const VoiceStages::Change& change) override;
  [[nodiscard]] bool set_talking(bool talks) override;
  void set_gain(wire::SessionNumber speaker, float gain) override;
  void remember(const ServerMemory& memory) override;
  void remove_speaker(wire::SessionNumber speaker) override;
  [[nodiscard]] absl::Status start_recording(const std::string& directory) override;
  void stop_recording() override { recording_.stop(); }
  [[nodiscard]] absl::Status start_playing(const std::string& path, std::uint64_t number) override;
  void stop_playing() override;
  void name_track(wire::SessionNumber speaker, const std::string& name, bool self) override;
  void show(Report report) override;
  bool ask_passcode(const std::string& prompt) override;
  void answer(const Asker& asker, Report report) override;
  [[nodiscard]] Report sound() const override;
  [[nodiscard]] absl::Status choose_sound(const ChooseSound& wanted) override;
  void list_devices() override;
  void offer_rooms(std::vector<std::string> names) override;
  [[nodiscard]] bool is_talking(wire::SessionNumber session) const override;
  [[nodiscard]] SoundLevels levels() const override;
  [[nodiscard]] Statistics statistics() const override;

  // ---- the main thread
  [[nodiscard]] std::optional<Ending> prepare();
  [[nodiscard]] absl::Status record_arrivals();
  void tell_path();
  void welcome_session(wire::Welcome welcome, const std::string& server);
  void note_chosen(const ChooseSound& chosen);
  void start_console();
  [[nodiscard]] absl::Status listen_for_control();
  void tend_console();
  void press_talk_key(Console::TalkPress press);
  /// The status line says it.
  [[nodiscard]] bool is_below(const Report& report) const;
  [[nodiscard]] base::Time next_deadline() const;
  /// Those of the room who talk now.
  [[nodiscard]] std::vector<Talkers::Talker> talking(base::Time now) const;
  void tell_speaking(base::Time now);
  void show_status(base::Time now);
  /// True where `report` is somebody's coming that is told later, with others'.
  bool gather(const Report& report);
  void show_gathered();
  void print(const Report& report);
  void complete(CompletionQuery::Names names);
  void offer_devices(bool microphones);
  void end_of_input();
  void input_ended();
  void sound_failed(Sound::Sides sides, const absl::Status& why);
  void sound_returned(Sound::Sides sides);
  void close();
  void say_goodbye();

  // ---- any thread
  [[nodiscard]] bool wants_talkers() const { return options_.speaking_events || shows_status_; }

  // ---- whoever prints, or writes what was printed
  void follow_reader(bool full);

  const ClientOptions options_;
  const bool isolates_;      // letters from right to left are isolated on this terminal
  const bool takes_stdin_;   // --input - : there is no console
  const bool takes_stdout_;  // --output - : events go to standard error
  const bool shows_status_;  // on the terminal console
  const Style style_;
  TaskQueue tasks_;
  Printer printer_;
  TypedLine typed_line_;
  LineHistory history_;
  Talkers talkers_;
  SpeakingEvents speaking_events_;
  GatheredJoins joins_;  // on a terminal
  StatusPace status_pace_;
  CallQuality quality_;
  PathNews path_news_;
  PathNews::News untold_path_;
  std::atomic<bool> owes_path_news_{false};
  Session session_;
  CallRecording recording_;
  LoopbackMeter loopback_;
  std::unique_ptr<Sound> sound_;
  ClientOptions sound_options_;                // input, output, stages and encoder, as they are now
  std::unique_ptr<ArrivalRecorder> arrivals_;  // null: not recorded
  std::unique_ptr<transport::VoiceStream> stream_;
  std::unique_ptr<Console> console_;
  std::unique_ptr<ControlSocket> control_;  // null: not asked for
  ServerMemory remembered_;                 // as the file has it
  bool told_forgetful_ = false;             // that it cannot be written
  std::string key_trouble_;  // why there is no device key, for the user; "" where there is one
  bool started_ = false;
  base::Time leave_by_ = base::Time::max();  // the stream has ended by then, or is cut
  bool owes_turn_ = false;                   // the console has given a line and waits
  bool owes_control_turn_ = false;           // so has another program
  bool input_over_ = false;                  // which ends the call, but nobody waits for that
  std::optional<Ending> sound_failure_;
  std::optional<Ending> ending_;
};

}  // namespace comcat::client
