#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"
#include "comcat/datagram/path_state.h"
#include "comcat/datagram/seal.h"
#include "comcat/wire/voice_packet.h"

#include "support/caller.h"

namespace comcat::testing {

/// A client with a stream over TLS and datagrams beside it, as bare as Caller: a test says what is
/// sent, and sees what comes. It answers probes and reports as a client has to while it waits.
///
/// Threads    a test's one thread.
class DatagramCaller {
 public:
  static constexpr std::chrono::seconds kPatience{20};

  /// Calls the server at 127.0.0.1:`port`; its datagrams go to `host`.
  explicit DatagramCaller(int port, std::string host = "127.0.0.1");

  /// Says hello as one who takes datagrams, and with the `resume_key` of a welcome as who comes
  /// back; false where none are offered.
  [[nodiscard]] bool join(const std::string& name, const std::string& resume_key = "");
  /// Until both directions use datagrams. False where they do not in time.
  [[nodiscard]] bool use_datagrams();
  /// Until `true_now` or the end of kPatience; meanwhile it serves its path.
  [[nodiscard]] bool wait_until(const std::function<bool()>& true_now);

  /// A packet as a datagram; the datagram, as it went.
  std::string say(std::uint32_t sequence, const std::string& opus);
  /// The next packet of voice that comes as a datagram; nothing where none comes in time.
  [[nodiscard]] std::optional<wire::VoicePacket> hear();
  /// Another probe there and back: all that was sent before has been read by the server.
  [[nodiscard]] bool round_trip();

  /// From now on from another port, as after a change of network; probes at once.
  void move();

  Caller& stream() { return stream_; }
  [[nodiscard]] datagram::Way way() const { return path_->way(); }
  [[nodiscard]] const ServerSignal& welcome() const { return welcome_; }
  /// All that was sent from now on is lost, and what comes is not read.
  void break_datagrams() { broken_ = true; }
  /// How many of the server's probes it has answered.
  [[nodiscard]] int probes_answered() const { return probes_answered_; }

 private:
  void serve();
  void read();
  void take(datagram::Bytes bytes);
  void send(datagram::Type type, std::string_view body);
  [[nodiscard]] base::FileDescriptor connected() const;

  const std::string host_;
  Caller stream_;
  ServerSignal welcome_;
  base::FileDescriptor socket_;
  std::optional<datagram::Sealer> sealer_;
  std::optional<datagram::Opener> opener_;
  std::optional<datagram::PathState> path_;
  std::deque<wire::VoicePacket> heard_;
  std::string last_;
  bool broken_ = false;
  int probes_answered_ = 0;
  int echoes_ = 0;
};

/// A UDP socket of nobody's, connected to `host`:`port`. What is sent to it waits there.
[[nodiscard]] base::FileDescriptor udp_socket(const std::string& host, int port);
/// Whether anything has come to `socket`.
[[nodiscard]] bool has_come(const base::FileDescriptor& socket);
void send_to(const base::FileDescriptor& socket, const std::string& bytes);

}  // namespace comcat::testing
