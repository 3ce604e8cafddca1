#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/datagram/congestion.h"
#include "comcat/datagram/control.h"
#include "comcat/datagram/keys.h"
#include "comcat/datagram/loss_window.h"
#include "comcat/datagram/packet.h"
#include "comcat/datagram/path_state.h"
#include "comcat/datagram/repetition.h"
#include "comcat/datagram/replay_window.h"
#include "comcat/datagram/seal.h"
#include "comcat/wire/messages.h"

namespace comcat::transport {

/// A client's end of the datagrams of one welcome: seals what leaves, opens what comes, and says
/// which way voice goes. Where packets are lost on the way up, each is sent again with the next.
/// Whoever owns it moves the bytes.
///
/// Threads    one at a time. No clock, no socket: `now` is an argument.
class DatagramCourse {
 public:
  struct Options {
    std::uint16_t port = 0;
    std::uint32_t connection = 0;
    std::uint8_t epoch = 0;
    datagram::Keys up;    // what we send
    datagram::Keys down;  // what the server sends
  };

  /// Where what leaves goes. Called from within the functions below; must not call them.
  class Exit {
   public:
    virtual ~Exit() = default;
    virtual void send(datagram::Bytes datagram) = 0;
    /// To the server by the stream.
    virtual void report(const datagram::Report& report) = 0;
  };

  DatagramCourse(const Options& options, Exit& exit, base::Time now);

  /// Voice of ours. Sends it where it goes by datagram; what is returned is which way it goes: with
  /// kStream and kBoth the stream has to take it.
  datagram::Way say(const wire::VoicePacket& packet, base::Time now);

  /// Something has come to the socket. The voice in it is added to `heard`; what does not
  /// authenticate, or comes again, is counted and does nothing.
  void receive(datagram::Bytes datagram, base::Time now, wire::VoicePackets& heard);
  /// The server's report has come by the stream.
  void told(const datagram::Report& report, base::Time now);
  /// Voice has come by the stream.
  void heard_by_stream(base::Time now) { stream_voice_at_ = now; }
  /// Our address has changed.
  void moved(base::Time now) { path_.moved(now); }

  /// Probes and reports that are due. To be called at next_deadline(), or at any time.
  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline() const { return path_.next_deadline(); }

  [[nodiscard]] datagram::Way way_up() const { return path_.way(); }
  /// Which way voice has come lately; nothing where nobody has spoken.
  [[nodiscard]] std::optional<datagram::Way> way_down(base::Time now) const;
  [[nodiscard]] const datagram::SendPath& up() const { return path_.out(); }
  /// Lost lately on the way down, 0 to 1.
  [[nodiscard]] double loss_down() const { return losses_down_.loss(); }
  /// How long what leaves waits in a queue on its way.
  [[nodiscard]] base::Duration queue(base::Time now) const { return congestion_.queue(now); }
  [[nodiscard]] std::uint64_t rejected() const { return rejected_; }

 private:
  bool send(datagram::Type type, std::string_view body, base::Time now);
  [[nodiscard]] bool repeats_before(const wire::VoicePacket& packet, base::Time now);
  void obey(datagram::Type type, std::string_view body, base::Time now, wire::VoicePackets& heard);

  Exit& exit_;
  datagram::Sealer sealer_;
  datagram::Opener opener_;
  datagram::ReplayWindow replays_;
  datagram::PathState path_;
  datagram::LossWindow losses_down_;
  datagram::Congestion congestion_;
  datagram::Repetition repetition_;
  wire::VoicePacket last_;  // that was said
  std::string body_;        // of the voice that leaves
  std::optional<base::Time> stream_voice_at_;
  std::optional<base::Time> datagram_voice_at_;
  std::uint64_t rejected_ = 0;
};

/// What a welcome offers; nothing where it makes no sense, or offers nothing. Afterwards the
/// welcome knows no keys any more. Threads: any.
[[nodiscard]] std::optional<DatagramCourse::Options> take_offer(wire::Welcome& welcome);

}  // namespace comcat::transport
