#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/transport/destinations.h"
#include "comcat/transport/failure.h"
#include "comcat/transport/reconnect.h"
#include "comcat/transport/stream_phase.h"
#include "comcat/wire/messages.h"

#include "absl/status/status.h"

namespace comcat::transport {

/// Decides what a client's stream does next: when to connect, what to say as hello, how long to
/// wait for the welcome, when something may be sent, how to leave, what an end means, and whether
/// and when to come back after it. It is told what happens, by one function for each event, and
/// answers with the one thing to do about it; whoever owns it moves the bytes.
///
/// Where the server has told of others of its cluster, the call comes back by turns at them, at
/// itself and at what the user named, and is the same participant there: the key goes along. One
/// that will not have it, or whose certificate is another than was told, is passed over.
///
/// A connection that is dead without a word is found by gRPC's keepalive, not here: it comes as an
/// end like any other.
///
/// Threads    one at a time. No clock, no network, no gRPC: `now` is an argument.
class StreamCourse {
 public:
  /// For an attempt to come back, where several servers may take it.
  static constexpr std::chrono::milliseconds kPatienceWithEach{4'000};

  struct Options {
    base::Address address;
    std::vector<base::Address> others{};  // that the user named, tried in turn after it
    wire::Hello hello;                    // its resume key and place are set for each attempt
    bool tls = true;
    std::chrono::milliseconds connect_timeout{10'000};  // name, TCP, TLS and welcome together
    std::chrono::milliseconds leave_timeout{700};       // what is queued, and the server's goodbye
  };

  /// Where to go: the room ("": a new one, where the hello asks for that), the number of the last
  /// text there that one has, and the room's passcode, where it has one.
  struct Place {
    std::string room;
    std::uint64_t last_text = 0;
    std::string passcode{};
  };

  // ---- what to do
  struct Connect {};  // begin a call to address(), the one before having ended
  struct SayHello {
    wire::Hello hello;
  };
  struct Prove {  // whose key the hello had: have it sign this
    std::string text;
  };
  struct GiveWelcome {  // to the stream's owner; what is queued may go out
    wire::Welcome welcome;
  };
  struct HalfClose {};  // nothing more is sent
  struct Cancel {};     // the call; its end comes all the same
  struct GiveInterruption {
    Failure failure;
  };
  struct GiveClosing {  // the last; no failure where its owner had left
    std::optional<Failure> failure;
  };
  using Action = std::variant<std::monostate, Connect, SayHello, Prove, GiveWelcome, HalfClose,
                              Cancel, GiveInterruption, GiveClosing>;

  /// How a call came to its end.
  struct End {
    absl::Status status;  // gRPC's or the server's
    std::string refusal;  // why the server's certificate was not trusted; "": it was, or no TLS
  };

  StreamCourse(Options options, Reconnect reconnect);

  // ---- what happens
  /// The call stands and waits for the hello.
  [[nodiscard]] Action on_connected(const Place& place);
  /// The server, whose certificate has this fingerprint ("" without TLS), takes proofs of keys. A
  /// server of an earlier version gives no nonce, and needs none for its welcome.
  [[nodiscard]] Action on_nonce(const std::string& nonce, const std::string& fingerprint);
  [[nodiscard]] Action on_welcome(wire::Welcome welcome);
  /// A message that is none of the protocol.
  [[nodiscard]] Action on_malformed();
  /// All that was queued has gone out.
  [[nodiscard]] Action on_drained();
  /// next_deadline() has come.
  [[nodiscard]] Action on_deadline(base::Time now);
  [[nodiscard]] Action on_end(const End& end, base::Time now);
  /// The server says this, some of which is for the course too.
  void on_event(const wire::Event& event);
  /// The owner leaves, with a goodbye where there is somebody to say it to.
  [[nodiscard]] Action leave(base::Time now);
  /// The owner goes at once.
  [[nodiscard]] Action hang_up();

  // ---- what holds
  /// Which server is tried, or was last.
  [[nodiscard]] const Destination& destination() const { return destinations_.at(); }
  [[nodiscard]] const base::Address& address() const { return destination().address; }
  [[nodiscard]] StreamPhase phase() const { return phase_; }
  /// When on_deadline() is to be called: at first, at once. Time::max(): never.
  [[nodiscard]] base::Time next_deadline() const { return deadline_; }
  /// Voice and commands may go out.
  [[nodiscard]] bool may_send() const;
  /// What the server says is for the stream's owner.
  [[nodiscard]] bool may_hear() const;

 private:
  void enter(StreamPhase next, base::Time deadline);
  Action cancel(StreamPhase why);
  Action close(std::optional<Failure> failure);
  /// Goes on to the next address before the first welcome; false where all have been tried.
  bool try_next(const Failure& failure, base::Time now);
  /// Has the next attempt go where it is to after this end.
  void turn(Failure& failure);
  /// How long this attempt may take: not long where there are others, longer each time round.
  [[nodiscard]] std::chrono::milliseconds patience() const;
  [[nodiscard]] Failure none_answers(Failure last) const;
  /// The name to ask for: one's own, or "an 2" where that was taken meanwhile.
  [[nodiscard]] std::string name() const;

  const Options options_;
  Reconnect reconnect_;
  StreamPhase phase_ = StreamPhase::kWaiting;
  base::Time deadline_{};
  wire::Hello said_;  // the latest hello
  Destinations destinations_;
  std::size_t attempts_ = 0;            // in this outage
  bool is_sent_away_ = false;           // the server ends, and has told where to go
  std::vector<std::string> sentences_;  // of the addresses that were tried in vain at first
  std::string resume_key_;
  /// Which of several people of the same name one is, after an outage in which somebody took it.
  int namesake_ = 1;
};

}  // namespace comcat::transport
