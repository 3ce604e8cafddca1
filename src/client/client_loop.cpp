#include "client_loop.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <unistd.h>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/base/clock.h"

#include "known_network.h"
#include "shown_name.h"
#include "stream_options.h"
#include "weight.h"

namespace comcat::client {
namespace {

using Kind = Ending::Kind;

Kind kind_of(transport::FailureKind kind) {
  switch (kind) {
    case transport::FailureKind::kUsage:
      return Kind::kUsage;
    case transport::FailureKind::kRefused:
      return Kind::kRefused;
    case transport::FailureKind::kFull:
      return Kind::kFull;
    case transport::FailureKind::kUnreachable:
      break;
  }
  return Kind::kUnreachable;
}

/// The stream knows nothing of where the passcode came from.
Ending failure_ending(transport::Failure failure, const ClientOptions& options) {
  if (failure.of_passcode) {
    failure.advice = options.passcode_origin.empty()
                         ? "give it with --passcode_file or COMCAT_PASSCODE"
                         : "it came from " + options.passcode_origin;
  }
  return {kind_of(failure.kind), to_text(failure), failure.of_passcode, failure.of_room_passcode};
}

Ending sound_ending(const absl::Status& status) {
  const bool usage = absl::IsInvalidArgument(status);
  return {usage ? Kind::kUsage : Kind::kSoundDevice, std::string(status.message())};
}

std::vector<std::string> secrets(const ClientOptions& options) {
  std::vector<std::string> out{options.passcode, options.host_passcode, options.room_passcode};
  std::erase(out, "");
  return out;
}

/// What the stages depend on.
ClientOptions sound_of(const ClientOptions& options) {
  ClientOptions out;
  out.input = options.input;
  out.output = options.output;
  out.encoder = options.encoder;
  out.stages = options.stages;
  return out;
}

Session::Options session_options(const ClientOptions& options) {
  return {options.name,
          options.room,
          base::to_string(options.address),
          options.muted,
          options.plain_text,
          options.json,
          options.new_room,
          options.room_passcode,
          options.memory,
          options.remembers_place,
          options.loopback};
}

}  // namespace

ClientLoop::ClientLoop(const ClientOptions& options)
    : options_(options),
      isolates_(::isatty(STDOUT_FILENO) == 1 && obeys_isolates(std::getenv("VTE_VERSION"))),
      takes_stdin_(audio::reads_standard_input(options.input)),
      takes_stdout_(audio::writes_standard_output(options.output)),
      shows_status_(options.status_line && !options.json && !takes_stdin_ && can_edit_lines()),
      style_(style_of_terminal(options.clock, options.bell)),
      tasks_(TaskQueue::Capacity{}),
      printer_(takes_stdout_ ? STDERR_FILENO : STDOUT_FILENO,
               [this](bool full) { follow_reader(full); }),
      history_({options.state_directory, secrets(options),
                [this](std::string sentence) {
                  tasks_.post_urgent(
                      [this, sentence = std::move(sentence)] { show(Report("notice", sentence)); });
                }}),
      session_(session_options(options), *this),
      sound_options_(sound_of(options)),
      remembered_(options.memory) {}

ClientLoop::~ClientLoop() {
  close();
}

Ending ClientLoop::run() {
  ending_ = prepare();
  if (!ending_) stream_->start();
  while (!ending_) {
    const base::Time now = base::steady_now();
    tasks_.run_one(next_deadline(), now);
    session_.step(base::steady_now());
    if (base::steady_now() >= joins_.next_deadline()) show_gathered();
    tell_speaking(base::steady_now());
    if (console_) tend_console();
    if (owes_control_turn_ && session_.takes_lines()) {
      owes_control_turn_ = false;
      control_->resume();
    }
    show_status(base::steady_now());
    // A server that sends without end keeps the stream's thread busy, which never says goodbye.
    if (!ending_ && base::steady_now() >= leave_by_) ending_ = sound_failure_.value_or(Ending{});
  }
  if (started_) remember(session_.memory());
  close();
  say_goodbye();
  printer_.finish();
  return *ending_;
}

/// What nobody reads is not made: while the printer is full, the server's news wait, and so do the
/// user's next lines.
void ClientLoop::follow_reader(bool full) {
  tasks_.pause(full);
  if (!full) tasks_.post_urgent([] {});  // the console may have its turn
}

void ClientLoop::say_goodbye() {
  if (ending_->of_passcode && options_.asks_passcode) return;
  if (ending_->of_room_passcode && options_.asks_room_passcode) return;
  // A failure's sentence goes to standard error, from main().
  const bool left = ending_->kind == Kind::kStopped && started_;
  if (options_.json || left) show(closed_report(*ending_));
}

std::optional<Ending> ClientLoop::prepare() {
  if (absl::Status status = listen_for_control(); !status.ok()) return sound_ending(status);
  Sound::Options sound;
  sound.input = options_.input;
  sound.output = options_.output;
  sound.encoder = options_.encoder;
  sound.stages = stages_of(options_);
  sound.send = [this](const wire::VoicePacket& frame) {
    const base::Time now = base::steady_now();
    recording_.speak(frame, now);
    loopback_.sent(frame, now);
    stream_->send_voice(frame);
    sound_->capture().set_easing(stream_->easing());
  };
  sound.on_muted_speech = [this] {
    tasks_.post_urgent([this] {  // the encode thread waits for nobody
      if (!printer_.is_full()) session_.on_muted_speech();
    });
  };
  sound.on_input_end = [this] { tasks_.post([this] { input_ended(); }); };
  sound.on_failure = [this](Sound::Sides sides, absl::Status why) {
    tasks_.post([this, sides, why = std::move(why)] { sound_failed(sides, why); });
  };
  sound.on_return = [this](Sound::Sides sides) {
    tasks_.post([this, sides] { sound_returned(sides); });
  };
  sound.on_notice = [this](std::string sentence) {
    tasks_.post([this, sentence = std::move(sentence)] { show(Report("notice", sentence)); });
  };
  auto created = Sound::create(std::move(sound));
  if (!created.ok()) return sound_ending(created.status());
  if (absl::Status status = record_arrivals(); !status.ok()) return sound_ending(status);
  sound_ = *std::move(created);
  sound_->capture().set_muted(options_.muted);
  transport::StreamHandler& handler = *this;
  transport::VoiceStream::Options stream = stream_options(options_);
  stream.key = key_of_device(options_, key_trouble_);
  stream_ = std::make_unique<transport::VoiceStream>(stream, handler);
  return std::nullopt;
}

absl::Status ClientLoop::record_arrivals() {
  if (options_.record_arrivals.empty()) return absl::OkStatus();
  auto recorder = ArrivalRecorder::create(options_.record_arrivals, [this](std::string sentence) {
    tasks_.post([this, sentence = std::move(sentence)] { show(Report("notice", sentence)); });
  });
  if (recorder.ok()) arrivals_ = *std::move(recorder);
  return recorder.status();
}

void ClientLoop::request_stop() {
  printer_.hurry();
  tasks_.post_urgent([this] { session_.stop(); });
}

/// In this order: who posts tasks is let go, then the stream ends (nobody sends voice into it any
/// more after the devices), then files are completed.
void ClientLoop::close() {
  tasks_.close();
  if (console_) console_->stop();
  control_.reset();
  if (sound_) sound_->stop();
  stream_.reset();
  arrivals_.reset();
  recording_.stop();
  sound_.reset();
}

void ClientLoop::welcome_session(wire::Welcome welcome, const std::string& server) {
  if (!std::exchange(started_, true)) {
    // The microphone opens here and not before.
    if (const absl::Status status = sound_->start(); !status.ok()) {
      sound_failure_ = sound_ending(status);
      session_.stop();
      return;
    }
    show(sound());
    for (const std::string& notice : {stages_notice(options_), key_trouble_}) {
      if (!notice.empty()) show(Report("notice", notice));
    }
  }
  session_.on_welcome(std::move(welcome), server);
  on_path();
  if (control_) control_->start();
  if (!console_ && !takes_stdin_ && !session_.stopping()) start_console();
}

void ClientLoop::tend_console() {
  console_->set_prompt(session_.prompt());
  console_->want_talk_key(sound_->capture().stages().state().activation == Activation::kPush);
  if (owes_turn_ && session_.takes_lines() && !printer_.is_full()) {
    owes_turn_ = false;
    console_->resume();
  }
}

void ClientLoop::start_console() {
  Console::Handler handler;
  handler.on_line = [this](std::string line) {
    tasks_.post_urgent([this, line = std::move(line)] {
      owes_turn_ = true;
      session_.on_line(line, base::steady_now());
    });
  };
  handler.on_complete = [this](CompletionQuery::Names names) {
    tasks_.post_urgent([this, names] { complete(names); });
  };
  handler.on_end = [this] { tasks_.post_urgent([this] { end_of_input(); }); };
  handler.on_secret = [this](std::optional<std::string> typed) {
    if (typed) history_.keep_out(*typed);  // on the console's thread, as all of the history is
    tasks_.post_urgent(
        [this, typed = std::move(typed)] { session_.on_passcode(typed, base::steady_now()); });
  };
  handler.on_talk_key = [this](Console::TalkPress press) {
    tasks_.post_urgent([this, press] { press_talk_key(press); });
  };
  if (!options_.json) {
    console_ = make_terminal_console(printer_, typed_line_, history_, options_.talk_key, handler);
  }
  if (!console_) console_ = make_pipe_console(STDIN_FILENO, handler);
}

absl::Status ClientLoop::listen_for_control() {
  if (options_.control.empty()) return absl::OkStatus();
  const auto on_line = [this](std::uint64_t ticket, std::string line) {
    tasks_.post_urgent([this, ticket, line = std::move(line)] {
      owes_control_turn_ = true;
      session_.on_control(ticket, line, base::steady_now());
    });
  };
  auto listening = ControlSocket::create(options_.control, on_line);
  if (listening.ok()) control_ = *std::move(listening);
  return listening.status();
}

void ClientLoop::complete(CompletionQuery::Names names) {
  using Names = CompletionQuery::Names;
  if (names == Names::kRooms) return session_.ask_rooms(base::steady_now());
  if (names != Names::kPeople) return offer_devices(names == Names::kMicrophones);
  console_->offer(session_.names_of_others());
}

void ClientLoop::end_of_input() {
  input_over_ = true;
  if (!options_.background) {
    session_.finish();
  } else if (::isatty(STDIN_FILENO) == 1) {  // somebody may go on typing
    show(Report("console_closed", "the console is closed; Ctrl+C ends the call"));
  }
}

void ClientLoop::tell_path() {
  owes_path_news_.store(false);
  const transport::PathStatus path = stream_->stats().path;
  sound_->playback().expect_jitter(expected_jitter(path));
  if (printer_.is_full()) return;
  PathNews::News news = path_news_.note(path);
  if (news.changed) untold_path_.changed = std::move(news.changed);
  if (news.blocked) untold_path_.blocked = std::move(news.blocked);
  if (!session_.in_call()) return;  // that it is comes first
  news = std::exchange(untold_path_, {});
  if (news.changed && options_.json) show(*std::move(news.changed));
  if (news.blocked) show(*std::move(news.blocked));
}

// ---- the stream's threads

void ClientLoop::on_welcome(wire::Welcome welcome, const base::Address& from) {
  loopback_.set_self(welcome.session);
  const std::size_t bytes = weight_bytes(welcome);
  tasks_.post([this, welcome = std::move(welcome),
               server = base::to_string(from)] { welcome_session(welcome, server); },
              bytes);
}

void ClientLoop::on_voice(wire::VoicePackets frames, wire::Via via) {
  const base::Time now = base::steady_now();
  if (arrivals_) arrivals_->receive(frames, now);
  recording_.hear(frames, now);
  loopback_.heard(frames, now);
  if (talkers_.hear(frames, now) && wants_talkers()) tasks_.post_urgent([] {});
  sound_->playback().receive(std::move(frames), via, now);
}

/// Nobody who receives voice waits for the user.
void ClientLoop::on_path() {
  if (!owes_path_news_.exchange(true)) tasks_.post_urgent([this] { tell_path(); });
}

void ClientLoop::on_outcome(wire::Outcome outcome) {
  const base::Time now = base::steady_now();
  const std::size_t bytes = weight_bytes(outcome);
  tasks_.post([this, now, outcome = std::move(outcome)] { session_.on_outcome(outcome, now); },
              bytes);
}

void ClientLoop::on_event(wire::Event event) {
  const std::size_t bytes = weight_bytes(event);
  tasks_.post([this, event = std::move(event)] { session_.on_event(event); }, bytes);
}

void ClientLoop::on_notice(std::string sentence) {
  tasks_.post([this, sentence = std::move(sentence)] { show(Report("notice", sentence)); });
}

void ClientLoop::on_interrupted(transport::Failure failure) {
  tasks_.post([this, failure = std::move(failure)] {
    path_news_.interrupt();
    session_.on_interrupted(failure);
  });
}

void ClientLoop::on_closed(std::optional<transport::Failure> failure) {
  tasks_.post_last([this, failure = std::move(failure)] {
    if (sound_failure_) {
      ending_ = sound_failure_;
    } else if (failure) {
      ending_ = failure_ending(*failure, options_);
    } else {
      ending_ = Ending{};
    }
  });
}

}  // namespace comcat::client
