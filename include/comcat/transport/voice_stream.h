#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/signing_key.h"
#include "comcat/transport/address.h"
#include "comcat/transport/backoff.h"
#include "comcat/transport/failure.h"
#include "comcat/transport/path_status.h"
#include "comcat/transport/send_queue.h"
#include "comcat/transport/trust.h"
#include "comcat/wire/messages.h"

#include "absl/status/status.h"

namespace comcat::transport {

/// What a VoiceStream tells its owner. Every function must return soon: while it runs, nothing is
/// read.
///
/// Threads    on_voice(): the stream's own or that of the datagrams, one at a time; on_path(): that
///            of the datagrams; all else: the stream's.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  /// The server has answered: at first, and again after each outage.
  virtual void on_welcome(wire::Welcome welcome, const base::Address& from) = 0;
  virtual void on_voice(wire::VoicePackets frames, wire::Via via) = 0;
  /// The way of voice, or its prospects, have changed: stats() tells.
  virtual void on_path() = 0;
  virtual void on_outcome(wire::Outcome outcome) = 0;
  virtual void on_event(wire::Event event) = 0;
  /// A sentence that the user should read; safe to print.
  virtual void on_notice(std::string sentence) = 0;
  /// An established call was lost and will be tried again; once per outage for each kind of
  /// reason: a server that is full when it is back is told, too.
  virtual void on_interrupted(Failure failure) = 0;
  /// The end, once; nothing is called after it. No failure after leave().
  virtual void on_closed(std::optional<Failure> failure) = 0;
};

/// A client's stream to the server: connects, says hello, sends and receives, and comes back after
/// an outage with the resume key it was given. Where the server offers datagrams, voice goes beside
/// the stream as long as they get through.
///
/// Before the first welcome every failure is the end. After it, a lost connection is tried again
/// with Backoff until leave(), except where the server, or its certificate, says to stay out. Where
/// somebody else has taken the name meanwhile, it comes back as "an 2".
///
/// Threads    one of its own, which waits on gRPC's completion queue and owns all that is gRPC's;
///            another for the datagrams' socket, where they are offered. Every public function may
///            be called from any thread, and none of them waits, but the destructor.
/// Queues     SendQueue in front of one outstanding write. Voice leaves only after the welcome.
/// Ownership  the handler outlives the stream.
class VoiceStream {
 public:
  struct Options {
    base::Address address;
    std::vector<base::Address> others;  // to be tried in turn where that one has no place
    wire::Hello hello;
    std::optional<base::SigningKey> key;  // of this device, for servers that ask for a proof of it
    std::string passcode;                 // "": none is sent
    std::string host_passcode;            // likewise
    bool tls = true;
    bool datagrams = true;                              // take the server's offer of them
    TrustOptions trust;                                 // its address is set from `address`
    std::chrono::milliseconds connect_timeout{10'000};  // name, TCP, TLS and welcome together
    std::chrono::milliseconds leave_timeout{700};       // for the server's goodbye
    std::chrono::milliseconds keepalive_time{5'000};
    std::chrono::milliseconds keepalive_timeout{4'000};  // and for the receipt of what was sent
    SendQueue::Options queue;
    Backoff::Options backoff;
    std::function<double()> random;  // [0, 1); empty: the system's entropy
  };

  struct Stats {
    std::uint64_t sent_voice_frames = 0;
    std::uint64_t dropped_voice_frames = 0;   // the network was slower than the voice
    std::uint64_t received_voice_frames = 0;  // each once
    std::uint64_t malformed_messages = 0;
    std::chrono::milliseconds queued_voice{0};
    unsigned easing = 0;  // a step of Easing
    PathStatus path;
  };

  VoiceStream(const Options& options, StreamHandler& handler);
  /// Hangs up at once if leave() has not come to its end; waits for the thread.
  ~VoiceStream();
  VoiceStream(const VoiceStream&) = delete;
  VoiceStream& operator=(const VoiceStream&) = delete;

  /// Begins to connect. Once.
  void start();

  void send_voice(const wire::VoicePacket& frame);
  /// How much less than all is to be sent from now on: a step of Easing, which the way up asks for.
  [[nodiscard]] unsigned easing() const;

  /// kUnavailable when there is no connection at the moment, kResourceExhausted when too many
  /// commands wait already; a sentence for the user.
  [[nodiscard]] absl::Status send(const wire::Command& command);

  /// The room to ask for after an outage, the number of the last text of it that one has, and its
  /// passcode, where it has one.
  void set_place(const std::string& room, std::uint64_t last_text,
                 const std::string& passcode = {});

  /// Says goodbye: what is queued leaves first, then on_closed() comes, at the latest after
  /// leave_timeout.
  void leave();

  [[nodiscard]] Stats stats() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace comcat::transport
