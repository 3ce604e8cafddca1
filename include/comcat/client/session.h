#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/client/asker.h"
#include "comcat/client/command.h"
#include "comcat/client/command_outbox.h"
#include "comcat/client/json_command.h"
#include "comcat/client/known_people.h"
#include "comcat/client/levels.h"
#include "comcat/client/memory.h"
#include "comcat/client/options.h"
#include "comcat/client/report.h"
#include "comcat/client/seen_texts.h"
#include "comcat/client/statistics.h"
#include "comcat/client/status.h"
#include "comcat/transport/failure.h"
#include "comcat/wire/messages.h"

#include "absl/status/status.h"

namespace comcat::client {

/// What a Session does to the world. Implemented by Client and by tests.
class SessionPorts {
 public:
  virtual ~SessionPorts() = default;
  // the stream
  [[nodiscard]] virtual absl::Status send(const wire::Command& command) = 0;
  /// Where to go after an outage, the number of the last text there that the user has seen, and the
  /// room's passcode ("": none).
  virtual void set_place(const std::string& room, std::uint64_t last_text,
                         const std::string& passcode) = 0;
  virtual void leave() = 0;
  // sound
  /// Unmuting opens the microphone again if it had failed; the error is for the user.
  [[nodiscard]] virtual absl::Status set_muted(bool muted) = 0;
  [[nodiscard]] virtual absl::Status set_deafened(bool deafened) = 0;
  /// Somebody in the room hears frames of 5 ms and no longer ones; or nobody does any more.
  virtual void set_short_frames(bool short_frames) = 0;
  /// What is done to the microphone's sound from now on; a sentence where that is not possible.
  [[nodiscard]] virtual absl::StatusOr<VoiceStages::State> set_stages(
      const VoiceStages::Change& change) = 0;
  /// False where that is not for the user to say: the activation is another.
  [[nodiscard]] virtual bool set_talking(bool talks) = 0;
  virtual void set_gain(wire::SessionNumber speaker, float gain) = 0;
  /// For the next call to this server.
  virtual void remember(const ServerMemory& memory) = 0;
  virtual void remove_speaker(wire::SessionNumber speaker) = 0;
  /// Records what is said in the call from now on, by the user, too, into a directory.
  [[nodiscard]] virtual absl::Status start_recording(const std::string& directory) = 0;
  virtual void stop_recording() = 0;
  /// Speaks a sound file into the call, which on_played() with `number` follows unless it is
  /// stopped.
  [[nodiscard]] virtual absl::Status start_playing(const std::string& path,
                                                   std::uint64_t number) = 0;
  virtual void stop_playing() = 0;
  /// What a speaker's track is called, and which one is the user's. Nothing where none is recorded.
  virtual void name_track(wire::SessionNumber speaker, const std::string& name, bool self) = 0;
  // the user
  virtual void show(Report report) = 0;
  /// Tells another program what its command came to, and the user what concerns him of that.
  virtual void answer(const Asker& asker, Report report) = 0;
  /// What one speaks into, and hears by.
  [[nodiscard]] virtual Report sound() const = 0;
  /// Others from now on, or, where none is named, what is used then. OK where on_sound() follows;
  /// else the error is for the user.
  [[nodiscard]] virtual absl::Status choose_sound(const ChooseSound& wanted) = 0;
  /// The sound devices of this machine, which on_sound() follows.
  virtual void list_devices() = 0;
  /// Asks for a passcode, which is not shown: Session::on_passcode(). False where nobody can be.
  [[nodiscard]] virtual bool ask_passcode(const std::string& prompt) = 0;
  /// What ask_rooms() wanted.
  virtual void offer_rooms(std::vector<std::string> names) = 0;
  /// Whether somebody of the room is heard now.
  [[nodiscard]] virtual bool is_talking(wire::SessionNumber session) const = 0;
  [[nodiscard]] virtual SoundLevels levels() const = 0;
  /// All but what the session itself knows.
  [[nodiscard]] virtual Statistics statistics() const = 0;
};

/// A user's part in a call: who is there, what the user wants, which commands wait for an answer.
///
/// Every command is answered by exactly one outcome; one that does not come within 3 s is
/// reported. They leave at the server's pace (CommandOutbox); while one waits, takes_lines() is
/// false, and whoever reads lines waits too. Commands change what is here at once (mute means
/// silence now, not when the server agrees) and are told to the server again after an outage.
///
/// Threads    one at a time. No clock, no network, no devices: those are ports and arguments.
/// Ownership  the ports outlive the session.
class Session {
 public:
  struct Options {
    std::string name;
    std::string room;
    std::string server;  // to be shown
    bool muted = false;
    PlainText plain_text = PlainText::kSayAfterHint;
    bool json = false;             // lines may be commands as JSON
    bool new_room = false;         // `room` is what the server makes
    std::string room_passcode{};   // of `room`, and tried where another room asks for one
    ServerMemory memory{};         // of earlier calls
    bool remembers_place = false;  // room and mute are for the next call
    bool loopback = false;         // the user hears himself, too
  };
  Session(Options options, SessionPorts& ports);

  /// `server`: which it is, to be shown; "": as before.
  void on_welcome(wire::Welcome welcome, const std::string& server = "");
  void on_event(const wire::Event& event);
  void on_outcome(const wire::Outcome& outcome, base::Time now);
  void on_interrupted(const transport::Failure& failure);
  /// The user speaks into a microphone that is muted.
  void on_muted_speech();
  /// As the words talk and hush; what is to be told of it.
  [[nodiscard]] Report talk(bool talks);
  /// The recording has ended early.
  void on_recording_failure(const std::string& why, base::Time now);
  /// A sound file has been spoken, or the rest of it cannot be.
  void on_played(std::uint64_t number, const absl::Status& how);
  /// Somebody begins or ends to speak.
  void on_speaking(wire::SessionNumber session, bool speaks);
  /// As far as the session knows it: all but who talks, levels, playout and losses.
  [[nodiscard]] Status status() const;
  [[nodiscard]] std::string name_of(wire::SessionNumber session) const;
  [[nodiscard]] std::uint32_t twin_of(wire::SessionNumber session) const;
  [[nodiscard]] bool has_member(wire::SessionNumber session) const {
    return members_.contains(session);
  }

  [[nodiscard]] std::vector<std::string> names_of_others() const;
  /// Asks the server which rooms there are, for offer_rooms(): one's own where it does not say.
  void ask_rooms(base::Time now);

  /// One line of the console.
  void on_line(const std::string& line, base::Time now);
  /// One line of another program of the user's, which one answer() with `ticket` follows.
  void on_control(std::uint64_t ticket, const std::string& line, base::Time now);
  /// What came of choose_sound() and list_devices(), in that order.
  void on_sound(Report report);
  /// What ask_passcode() asked for; nothing where the user has given up.
  void on_passcode(const std::optional<std::string>& typed, base::Time now);
  /// Whether another line may come.
  [[nodiscard]] bool takes_lines() const {
    return !outbox_.is_behind() && !finishing_ && sound_askers_.size() < kMostSoundAskers;
  }
  /// Leaves when the server has answered what it was asked, or has had the time to.
  void finish();
  /// Leaves now.
  void stop();

  /// As many as are remembered of a room; of a server that names more, the others are passed over.
  static constexpr std::size_t kMostMembers = 10'000;

  /// Sends commands whose turn has come, and reports those that have had no answer.
  void step(base::Time now);
  [[nodiscard]] base::Time next_deadline() const;

  /// What the next call to this server should know.
  [[nodiscard]] ServerMemory memory() const;

  /// What stands before the line that is typed.
  [[nodiscard]] std::string prompt() const;
  [[nodiscard]] bool stopping() const { return stopping_; }
  /// Whether the server has answered, and is there still.
  [[nodiscard]] bool in_call() const { return welcomed_ && !interrupted_; }

 private:
  static constexpr std::size_t kNamesUnasked = 30;  // `who` lists all of them
  static constexpr std::size_t kMostSoundAskers = 4;

  using Kind = UserCommand::Kind;

  // What a line asks for.
  void execute(const Nothing& command, base::Time now);
  void execute(const MuteSelf& command, base::Time now);
  void execute(const DeafenSelf& command, base::Time now);
  void execute(const Stop& command, base::Time now);
  void execute(const Help& command, base::Time now);
  void execute(const Who& command, base::Time now);
  void execute(const Volume& command, base::Time now);
  void execute(const IgnorePerson& command, base::Time now);
  void execute(const ForgetAll& command, base::Time now);
  void execute(const Move& command, base::Time now);
  void execute(const MakeRoom& command, base::Time now);
  void execute(const Rooms& command, base::Time now);
  void execute(const SayText& command, base::Time now);
  void execute(const TellText& command, base::Time now);
  void execute(const HostWords& command, base::Time now);
  void execute(const ShowHistory& command, base::Time now);
  void execute(const RecordCall& command, base::Time now);
  void execute(const PlayFile& command, base::Time now);
  void execute(const ClaimName& command, base::Time now);
  void execute(const PairDevice& command, base::Time now);
  void execute(const SetStages& command, base::Time now);
  void execute(const PushToTalk& command, base::Time now);
  void execute(const ShowStats& command, base::Time now);
  void execute(const ShowLevels& command, base::Time now);
  void execute(const HearSelf& command, base::Time now);
  void execute(const ChooseSound& command, base::Time now);
  void execute(const Devices& command, base::Time now);

  void not_a_command(const std::string& line, const std::string& why, base::Time now);

  // What an event tells.
  void tell(const wire::UnknownEvent& /*event*/) {}
  void tell(const wire::OtherServers& /*event*/) {}  // the stream goes there by itself
  void tell(const wire::Joined& event);
  void tell(const wire::Left& event);
  void tell(const wire::Away& event);
  void tell(const wire::Back& event);
  void tell(const wire::MuteChanged& event);
  void tell(const wire::DeafenChanged& event);
  void tell(const wire::RecordingChanged& event);
  void tell(const wire::TextSaid& event);
  void tell(const wire::Draining& event);
  void tell(const wire::Roster& event);
  void tell(const wire::Announced& event);
  void tell(const wire::MemberChanged& event);
  void tell(const wire::Told& event);

  /// The server has told the others.
  void start_recording(base::Time now);
  /// Counts an answer; true where the newest recording waits for it, and has not been ended since.
  [[nodiscard]] bool is_answer_awaited();
  void stop_recording(base::Time now);
  void resume_recording();

  /// Somebody is away, or back.
  void tell_away(wire::SessionNumber session, bool away);
  void tell_muted_by_host(const wire::Member& member);

  /// After a welcome: a stream begins without it.
  void resume_loopback(bool again);

  void execute_json(const std::string& line, base::Time now);
  void carry_out(const JsonCommand& parsed, std::uint64_t ticket, const std::string& line,
                 base::Time now);
  /// Does `act`, of which the first report goes to `asker`; or one says that it is done, unless an
  /// answer will.
  void with_asker(std::optional<Asker> asker, const std::function<void()>& act);
  /// Does `act`, which carries out or answers `line`: what is shown as its error has that beside
  /// it.
  void with_line(const std::string& line, const std::function<void()>& act);
  /// Whoever asks now is answered by on_sound().
  void wait_for_sound(base::Time now);
  /// Whoever leaves waits for the answers of the sound system no longer.
  void give_up_sound(base::Time now);
  /// Tells what answers a command.
  void show(Report report);
  void command(Kind kind, decltype(wire::Command::verb) verb, base::Time now);
  void report(const CommandOutbox::Unsent& unsent);
  void succeed(const UserCommand& command, const wire::Outcome& outcome, base::Time now);
  void show(const wire::TextPage& page);
  void show_sent(const wire::Tell& tell);
  void fail(const UserCommand& command, const std::string& why);
  void give_up(const UserCommand& command);
  void give_up_interrupted();
  /// The answer to what the user has not asked for in words; false for everything else.
  bool answer_quietly(Kind kind, const wire::Outcome& outcome);
  void leave_if_done();
  void claimed();
  void show_code(const std::string& code);
  /// As the server has it: after an outage it may be "an 2".
  [[nodiscard]] std::string own_name() const;
  [[nodiscard]] bool muted_by_host() const;
  void set_roster(const std::string& room, const std::vector<wire::Member>& members);
  /// Tells the stream where to go after an outage.
  void keep_place();
  /// A room may have asked for a passcode; true where one is tried that has not been.
  [[nodiscard]] bool try_passcode(const UserCommand& refused, const wire::Outcome& outcome,
                                  base::Time now);
  [[nodiscard]] std::string passcode_of(const std::string& room) const;
  void tell_new_room();
  /// Has somebody be heard as the user wants it; nothing where that is as sent.
  void apply_volume(const wire::Member& member);
  void apply_volumes();
  /// The one of that name who is here; null where there is none.
  [[nodiscard]] const wire::Member* find_person(const std::string& name) const;
  [[nodiscard]] bool is_oneself(const std::string& name) const;
  /// Whether what they say is not shown.
  [[nodiscard]] bool passes_over(wire::SessionNumber session, const std::string& name) const;
  /// Speaks so that everyone in the room can hear it. To be called where members_ has changed.
  void fit_frames();
  void show_stats(const wire::RoomList& told);
  /// As they stand in a line: "an (2)".
  [[nodiscard]] std::string shown_person(wire::SessionNumber session) const;
  /// Who is in the room, in words: at most `most` names.
  [[nodiscard]] std::string who(std::size_t most) const;
  /// Who is in another room.
  [[nodiscard]] Report who_elsewhere(const wire::Roster& roster) const;
  /// A line for each of `members` of whom there is more to say.
  [[nodiscard]] std::string details(const std::vector<wire::Member>& members) const;
  [[nodiscard]] std::vector<wire::Member> members() const;
  [[nodiscard]] std::vector<std::string> marks_of(const wire::Member& member) const;
  /// an (2) (muted, away)
  [[nodiscard]] std::string marked_person(const wire::Member& member) const;
  [[nodiscard]] Object object_of(const wire::Member& member) const;
  [[nodiscard]] std::vector<Object> member_objects() const;

  struct SoundAsker {
    std::string line;
    std::optional<Asker> asker;
    base::Time asked_at{};
  };
  struct Recording {
    bool allowed = false;   // by the server
    std::string directory;  // asked for, or going on; empty: neither
    bool on = false;
    int unanswered = 0;  // of what the server was asked for
  };

  struct Playing {
    std::string path;          // empty: nothing
    std::uint64_t number = 0;  // of the last one
  };

  Options options_;
  SessionPorts& ports_;
  wire::SessionNumber self_ = 0;
  std::string room_;
  std::map<wire::SessionNumber, wire::Member> members_;  // oneself among them
  std::string asked_room_;  // whose passcode the user is asked for; "": none
  std::map<std::string, std::string>
      room_passcodes_;  // given, by base::comparison_key() of the room
  KnownPeople people_;
  SeenTexts seen_texts_;
  CommandOutbox outbox_;
  std::optional<Asker> asker_;  // of the command that is being answered, until he has been told
  std::string line_;            // that is being carried out or answered; "": none
  std::deque<SoundAsker> sound_askers_;  // who wait for on_sound()
  Recording recording_;
  Playing playing_;
  std::optional<std::chrono::microseconds> round_trip_;
  bool muted_ = false;
  bool deafened_ = false;
  bool loopback_ = false;
  bool owes_loopback_ = false;  // the server is to be asked for it
  bool welcomed_ = false;
  bool interrupted_ = false;
  bool hinted_ = false;  // that plain text is said
  bool forgot_ = false;  // place and people; the place is not remembered any more
  bool finishing_ = false;
  bool stopping_ = false;
};

}  // namespace comcat::client
