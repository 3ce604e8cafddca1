// The client's stream against a server that does what a script says.

#include "comcat/transport/voice_stream.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "support/process.h"
#include "support/scripted_server.h"

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::make_self_signed;
using testing::ScriptedServer;
using testing::TemporaryDirectory;
using Call = ScriptedServer::Call;

/// What the stream told its owner, in order, as words.
class Witness final : public StreamHandler {
 public:
  void on_welcome(wire::Welcome welcome) override { note("welcome " + welcome.room); }
  void on_voice(wire::VoiceFrames frames) override {
    for (const wire::VoiceFrame& frame : frames) note("voice " + frame.opus);
  }
  void on_outcome(wire::Outcome outcome) override {
    note("outcome " + std::to_string(outcome.trace_id));
  }
  void on_event(wire::Event event) override {
    if (const auto* const said = std::get_if<wire::TextSaid>(&event)) note("said " + said->text);
  }
  void on_notice(std::string sentence) override { note("notice " + sentence); }
  void on_interrupted(Failure failure) override { note("interrupted " + failure.sentence); }
  void on_closed(std::optional<Failure> failure) override {
    note(failure ? "closed " + failure->sentence : "left");
  }

  /// Waits for a note that begins with `start`, after the one waited for last.
  [[nodiscard]] std::string wait_for(const std::string& start) {
    const absl::MutexLock lock(&mutex_);
    const auto begins = [&](const std::string& note) {
      return note.compare(0, start.size(), start) == 0;
    };
    const auto find = [&] {
      return std::find_if(notes_.begin() + static_cast<std::ptrdiff_t>(read_), notes_.end(),
                          begins);
    };
    // Abseil evaluates a condition as often as it likes, so it changes nothing.
    const auto is_there = [&] { return find() != notes_.end(); };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&is_there), absl::Seconds(20))) {
      return "no \"" + start + "\" came";
    }
    const auto found = find();
    read_ = static_cast<std::size_t>(found - notes_.begin()) + 1;
    return *found;
  }
  [[nodiscard]] std::vector<std::string> notes() const {
    const absl::MutexLock lock(&mutex_);
    return notes_;
  }
  [[nodiscard]] std::ptrdiff_t count(const std::string& start) const {
    const auto all = notes();
    return std::count_if(all.begin(), all.end(), [&](const std::string& note) {
      return note.compare(0, start.size(), start) == 0;
    });
  }

 private:
  void note(std::string text) {
    const absl::MutexLock lock(&mutex_);
    notes_.push_back(std::move(text));
  }
  mutable absl::Mutex mutex_;
  std::vector<std::string> notes_;
  std::size_t read_ = 0;
};

VoiceStream::Options options_for(int port) {
  VoiceStream::Options out;
  out.address = {"127.0.0.1", static_cast<std::uint16_t>(port)};
  out.hello.name = "an";
  out.hello.room = "lobby";
  out.hello.features = wire::kFeatureVoiceBatch;
  out.passcode = "hunter2";
  out.tls = false;
  out.backoff = {1ms, 2ms};
  out.random = [] { return 0.5; };
  return out;
}

wire::VoiceFrame frame(const std::string& opus) {
  wire::VoiceFrame out;
  out.opus = opus;
  return out;
}

std::string welcome(const std::string& resume_key = "0123456789abcdef") {
  wire::Welcome out;
  out.session = 7;
  out.room = "lobby";
  out.resume_key = resume_key;
  return wire::encode_response(out);
}

grpc::Status status(grpc::StatusCode code, const std::string& text) {
  return {code, text};
}

/// Welcomes, then stays until the client leaves.
grpc::Status welcome_and_stay(Call& call) {
  static_cast<void>(call.read_until<wire::Hello>());
  call.write(welcome());
  while (call.read()) {
  }
  return grpc::Status::OK;
}

TEST(VoiceStream, SaysHelloWithThePasscodeAndSpeaksOnceItIsWelcome) {
  absl::Notification voice_was_offered;
  std::string seen;
  ScriptedServer server([&](Call& call) {
    seen += call.passcode().value_or("none");
    const auto hello = call.read_until<wire::Hello>();
    if (!hello) return grpc::Status::OK;
    seen += " " + hello->name + " " + hello->room + " " + std::to_string(hello->features);
    voice_was_offered.WaitForNotification();
    call.write(welcome());
    if (const auto voice = call.read_until<wire::VoiceFrame>()) seen += " " + voice->opus;
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "that was all");
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  stream.send_voice(frame("too early"));
  voice_was_offered.Notify();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream.send_voice(frame("hello"));
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("that was all"));
  EXPECT_EQ("hunter2 an lobby 1 hello", seen);
  EXPECT_EQ(1U, stream.stats().sent_voice_frames);
  EXPECT_EQ(1U, stream.stats().dropped_voice_frames);
}

TEST(VoiceStream, HandsOnWhatTheServerSays) {
  ScriptedServer server([](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    call.write(wire::encode_voice(frame("one")) + wire::encode_voice(frame("two")));
    call.write(wire::encode_response(wire::Event(wire::TextSaid{1, "binh", "hi"})));
    call.write("\xFF\xFF no protobuf");
    const auto command = call.read_until<wire::Command>();
    wire::Outcome outcome;
    outcome.trace_id = command ? command->trace_id : 0;
    call.write(wire::encode_response(outcome));
    return welcome_and_stay(call);
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  EXPECT_EQ(absl::StatusCode::kUnavailable, stream.send({41, wire::ListRooms{}}).code());
  stream.start();
  EXPECT_EQ("voice one", witness.wait_for("voice"));
  EXPECT_EQ("voice two", witness.wait_for("voice"));
  EXPECT_EQ("said hi", witness.wait_for("said"));
  ASSERT_TRUE(stream.send({42, wire::ListRooms{}}).ok());
  EXPECT_EQ("outcome 42", witness.wait_for("outcome"));
  EXPECT_EQ(2U, stream.stats().received_voice_frames);
  EXPECT_EQ(1U, stream.stats().malformed_messages);
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, EveryRefusalBeforeTheWelcomeIsTheEnd) {
  const std::pair<grpc::StatusCode, const char*> kRefusals[] = {
      {grpc::StatusCode::UNAUTHENTICATED, "check the passcode"},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, "try again later"},
      {grpc::StatusCode::ALREADY_EXISTS, "another --name"},
      {grpc::StatusCode::INVALID_ARGUMENT, "because"},
      {grpc::StatusCode::UNAVAILABLE, "because"},
      {grpc::StatusCode::INTERNAL, "because"},
      {grpc::StatusCode::OK, "cannot be reached"},
  };
  for (const auto& [code, part] : kRefusals) {
    ScriptedServer server([&, refusal = code](Call&) { return status(refusal, "because"); });
    Witness witness;
    VoiceStream stream(options_for(server.port()), witness);
    stream.start();
    EXPECT_THAT(witness.wait_for("closed"), HasSubstr(part));
    EXPECT_EQ(1, server.calls());
  }
}

TEST(VoiceStream, WhatIsNoComcatServerIsCalledSo) {
  ScriptedServer server([](Call& call) {
    call.write("\xFF\xFF something else");
    call.wait_until_cancelled();
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("not comcat's"));
}

TEST(VoiceStream, ALostCallComesBackWithItsResumeKeyAndRoom) {
  std::vector<std::string> hellos;
  ScriptedServer server([&](Call& call) {
    const auto hello = call.read_until<wire::Hello>();
    if (hello) hellos.push_back(hello->resume_key + "/" + hello->room);
    if (call.number() == 1) return status(grpc::StatusCode::UNAVAILABLE, "still starting");
    if (call.number() == 2) return status(grpc::StatusCode::RESOURCE_EXHAUSTED, "filling up");
    call.write(welcome("key of call " + std::to_string(call.number()) + "..."));
    if (call.number() == 3) {
      while (call.read()) {
      }
      return grpc::Status::OK;
    }
    static_cast<void>(call.read_until<wire::Command>());
    return status(grpc::StatusCode::UNAVAILABLE, "the server is shutting down");
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream.set_room("cellar");
  ASSERT_TRUE(stream.send({1, wire::ListRooms{}}).ok());
  EXPECT_THAT(witness.wait_for("interrupted"), HasSubstr("the server is shutting down"));
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  EXPECT_EQ(1, witness.count("interrupted")) << "one notice per outage";
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
  const std::string again = "key of call 0.../cellar";
  EXPECT_EQ((std::vector<std::string>{"/lobby", again, again, again}), hellos);
}

TEST(VoiceStream, ARestartedServerIsFoundAgain) {
  Witness witness;
  int port = 0;
  std::unique_ptr<VoiceStream> stream;
  {
    ScriptedServer before([](Call& call) {
      static_cast<void>(call.read_until<wire::Hello>());
      call.write(welcome());
      call.wait_until_cancelled();
      return grpc::Status::OK;
    });
    port = before.port();
    stream = std::make_unique<VoiceStream>(options_for(port), witness);
    stream->start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  }
  EXPECT_THAT(witness.wait_for("interrupted"), HasSubstr("was lost"));
  ScriptedServer after(welcome_and_stay, {}, port);
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream->leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, WhoIsThrownOutStaysOut) {
  for (const auto code : {grpc::StatusCode::PERMISSION_DENIED, grpc::StatusCode::UNAUTHENTICATED,
                          grpc::StatusCode::INVALID_ARGUMENT, grpc::StatusCode::ALREADY_EXISTS}) {
    ScriptedServer server([&](Call& call) {
      static_cast<void>(call.read_until<wire::Hello>());
      call.write(welcome());
      return status(code, "out");
    });
    Witness witness;
    VoiceStream stream(options_for(server.port()), witness);
    stream.start();
    EXPECT_THAT(witness.wait_for("closed"), HasSubstr("out"));
    EXPECT_EQ(1, server.calls());
    EXPECT_EQ(0, witness.count("interrupted"));
  }
}

TEST(VoiceStream, AServerThatNeverAnswersIsGivenUp) {
  ScriptedServer server([](Call& call) {
    call.wait_until_cancelled();
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream::Options options = options_for(server.port());
  options.connect_timeout = 100ms;
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("gave no answer within 1 s"));
}

/// A TCP port on which somebody listens who never says a word.
class SilentPort {
 public:
  SilentPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(0, ::bind(fd_, generic, size));
    EXPECT_EQ(0, ::listen(fd_, 8));
    EXPECT_EQ(0, ::getsockname(fd_, generic, &size));
    port_ = ntohs(address.sin_port);
  }
  ~SilentPort() { ::close(fd_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  [[nodiscard]] int port() const { return port_; }

 private:
  int fd_;
  int port_ = 0;
};

TEST(VoiceStream, APortThatOnlyAcceptsIsGivenUpWithTlsAndWithout) {
  const SilentPort silent;
  for (const bool tls : {true, false}) {
    Witness witness;
    VoiceStream::Options options = options_for(silent.port());
    options.tls = tls;
    options.connect_timeout = 100ms;
    VoiceStream stream(options, witness);
    stream.start();
    EXPECT_THAT(witness.wait_for("closed"), HasSubstr("gave no answer"));
  }
}

TEST(VoiceStream, LeavingSendsWhatIsQueuedFirst) {
  std::vector<std::uint64_t> commands;
  ScriptedServer server([&](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    while (const auto command = call.read_until<wire::Command>()) {
      commands.push_back(command->trace_id);
    }
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  for (const std::uint64_t id : {1U, 2U, 3U}) ASSERT_TRUE(stream.send({id, wire::Say{"x"}}).ok());
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
  EXPECT_EQ((std::vector<std::uint64_t>{1, 2, 3}), commands);
}

TEST(VoiceStream, LeavingNeedsNoServerThatAnswers) {
  ScriptedServer server([](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    call.wait_until_cancelled();
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream::Options options = options_for(server.port());
  options.leave_timeout = 50ms;
  VoiceStream stream(options, witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  stream.leave();
  EXPECT_EQ("left", witness.wait_for("left"));
}

TEST(VoiceStream, LeavingWorksWhileConnectingAndWhileWaitingToTryAgain) {
  const SilentPort silent;
  Witness connecting;
  VoiceStream first(options_for(silent.port()), connecting);
  first.start();
  first.leave();
  EXPECT_EQ("left", connecting.wait_for("left"));

  ScriptedServer server([](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    return status(grpc::StatusCode::UNAVAILABLE, "gone");
  });
  Witness waiting;
  VoiceStream::Options options = options_for(server.port());
  options.backoff = {1h, 1h};
  VoiceStream second(options, waiting);
  second.start();
  EXPECT_THAT(waiting.wait_for("interrupted"), HasSubstr("gone"));
  second.leave();
  EXPECT_EQ("left", waiting.wait_for("left"));
}

TEST(VoiceStream, ADestructorNeedsNoGoodbye) {
  ScriptedServer server(welcome_and_stay);
  Witness witness;
  {
    VoiceStream stream(options_for(server.port()), witness);
    stream.start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  }
  EXPECT_EQ("left", witness.notes().back());
  const VoiceStream never_started(options_for(server.port()), witness);
}

TEST(VoiceStream, AServerThatStopsReadingCostsOldVoiceOnly) {
  ScriptedServer server([](Call& call) {
    static_cast<void>(call.read_until<wire::Hello>());
    call.write(welcome());
    // Reads nothing until the client has gone.
    while (call.write(wire::encode_response(wire::Event{}))) {
    }
    return grpc::Status::OK;
  });
  Witness witness;
  VoiceStream stream(options_for(server.port()), witness);
  stream.start();
  EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  const std::string packet = "\x78" + std::string(1000, 'x');  // 20 ms by its first byte
  for (int i = 0; i < 10'000; ++i) {
    stream.send_voice(frame(packet));
    ASSERT_LE(stream.stats().queued_voice, 200ms);
  }
  EXPECT_GT(stream.stats().dropped_voice_frames, 0U);
}

// ---- TLS

VoiceStream::Options tls_options(int port, const std::string& state) {
  VoiceStream::Options out = options_for(port);
  out.tls = true;
  out.trust.state_directory = state;
  return out;
}

TEST(VoiceStreamTls, ACertificateIsPinnedAtFirstUseAndAccepted) {
  const TemporaryDirectory state;
  ScriptedServer server(welcome_and_stay, make_self_signed("127.0.0.1"));
  for (const bool first : {true, false}) {
    Witness witness;
    VoiceStream stream(tls_options(server.port(), state.path()), witness);
    stream.start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
    EXPECT_EQ(first ? 1 : 0, witness.count("notice"));
  }
}

TEST(VoiceStreamTls, AChangedCertificateGetsNeitherPasscodeNorHello) {
  const TemporaryDirectory state;
  int port = 0;
  {
    ScriptedServer server(welcome_and_stay, make_self_signed("127.0.0.1"));
    port = server.port();
    Witness witness;
    VoiceStream stream(tls_options(port, state.path()), witness);
    stream.start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  }
  ScriptedServer impostor(welcome_and_stay, make_self_signed("127.0.0.1"), port);
  Witness witness;
  VoiceStream stream(tls_options(port, state.path()), witness);
  stream.start();
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("HAS CHANGED"));
  EXPECT_EQ(0, impostor.calls()) << "nothing of ours was sent";
}

TEST(VoiceStreamTls, AServerThatChangesItsCertificateDuringACallIsNotFollowed) {
  const TemporaryDirectory state;
  Witness witness;
  std::unique_ptr<VoiceStream> stream;
  int port = 0;
  {
    ScriptedServer server(
        [](Call& call) {
          static_cast<void>(call.read_until<wire::Hello>());
          call.write(welcome());
          call.wait_until_cancelled();
          return grpc::Status::OK;
        },
        make_self_signed("127.0.0.1"));
    port = server.port();
    stream = std::make_unique<VoiceStream>(tls_options(port, state.path()), witness);
    stream->start();
    EXPECT_EQ("welcome lobby", witness.wait_for("welcome"));
  }
  ScriptedServer impostor(welcome_and_stay, make_self_signed("127.0.0.1"), port);
  EXPECT_THAT(witness.wait_for("closed"), HasSubstr("HAS CHANGED"));
  EXPECT_EQ(0, impostor.calls());
}

TEST(VoiceStreamTls, PlaintextMeetingTlsSaysWhichFlagIsMissing) {
  const TemporaryDirectory state;
  ScriptedServer plaintext(welcome_and_stay);
  ScriptedServer encrypted(welcome_and_stay, make_self_signed("127.0.0.1"));
  Witness over_tls;
  VoiceStream first(tls_options(plaintext.port(), state.path()), over_tls);
  first.start();
  EXPECT_THAT(over_tls.wait_for("closed"), HasSubstr("--insecure too"));
  Witness over_plaintext;
  VoiceStream second(options_for(encrypted.port()), over_plaintext);
  second.start();
  EXPECT_THAT(over_plaintext.wait_for("closed"), HasSubstr("leave out --insecure"));
}

}  // namespace
}  // namespace comcat::transport
