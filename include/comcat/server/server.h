#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "comcat/server/acceptor.h"
#include "comcat/server/admission.h"
#include "comcat/server/books.h"
#include "comcat/server/certificate.h"
#include "comcat/server/cluster_settings.h"
#include "comcat/server/hub.h"
#include "comcat/server/metrics.h"
#include "comcat/store/journal.h"

#include "absl/status/statusor.h"

namespace comcat::server {

/// Voice beside the streams; only under TLS, whose keys protect its own.
struct DatagramOptions {
  bool wanted = true;
  int port =
      0;  // 0: that of the first address in AcceptorOptions::listen, and none where it is taken
};

struct ServerOptions {
  AcceptorOptions acceptor;
  DatagramOptions datagrams;
  AdmissionOptions admission;
  HubOptions hub;
  std::optional<Certificate> certificate;        // nothing: plaintext
  std::optional<store::JournalOptions> journal;  // nothing: no texts are kept
  BookOptions books;
  std::optional<ClusterSettings> cluster;  // nothing: this server is alone
  bool reflection = false;
  std::string admin_socket;         // the path of one for whoever runs the server; empty: none
  bool needs_admin_socket = false;  // where there cannot be one, there is no server either
  std::chrono::seconds keepalive_interval{5};
  std::chrono::seconds keepalive_timeout{5};
};

/// A running comcat server: acceptor, gRPC server and shard put together.
/// Threads: start() and stop() from the owner's; the rest any.
class Server {
 public:
  /// Listens and serves at once; an error with one sentence where it cannot.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Server>> start(const ServerOptions& options);

  /// stop() with no grace, where it has not been called.
  ~Server();

  /// Accepts nobody any more, tells everyone, lets what is queued leave for at most `grace`, then
  /// ends. Returns when no thread of the server is left.
  void stop(std::chrono::milliseconds grace);

  /// New connections get this one, which load_certificate() has found good; those that are there
  /// go on. Nothing happens without TLS.
  void renew_certificate(const Certificate& certificate);

  /// These rooms last from now on, and no others do; whoever is in one stays.
  void declare_rooms(std::vector<LastingRoom> rooms);

  [[nodiscard]] const std::string& address() const;
  [[nodiscard]] int port() const;
  /// That of its datagrams; 0 where there are none.
  [[nodiscard]] int datagram_port() const;
  [[nodiscard]] const Metrics& metrics() const;

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace comcat::server
