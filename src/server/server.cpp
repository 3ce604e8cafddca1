#include "comcat/server/server.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>

#include "comcat/base/certificate_fingerprint.h"
#include "comcat/base/event.h"
#include "comcat/base/log.h"
#include "comcat/rpc/deadline.h"
#include "comcat/server/admin.h"
#include "comcat/server/listen_address.h"

#include "call.h"
#include "cluster_member.h"
#include "cluster_texts.h"
#include "cluster_wiring.h"
#include "datagram_intake.h"
#include "datagram_paths.h"
#include "datagram_sockets.h"
#include "shard.h"
#include "timer_slack.h"
#include "tls_credentials.h"
#include "without_plugins.h"

namespace comcat::server {
namespace {

constexpr int kMaxStreamsPerConnection = 4;
constexpr int kMaxMetadataBytes = 4 * 1024;
constexpr int kHandshakeTimeoutMs = 5'000;
constexpr int kIdleTimeoutMs = 5'000;      // a connection without a stream
constexpr int kMinPingIntervalMs = 2'000;  // clients ask each 5 s, and the network is uneven
constexpr int kFlowControlWindowBytes = 16 * 1024;
constexpr int kReadChunkBytes = 1024;  // callers send little at a time
constexpr std::chrono::milliseconds kFarewell{500};
// gRPC's timers, of which there are two sets of several parts, each wake once a second some
// milliseconds apart, whatever they are to do: no more than seconds hang on them here.
constexpr std::chrono::milliseconds kTimerSlack{250};
// gRPC ends the stream of who sends more, without a word to us; what is more than
// wire::kMaxMessageBytes and less than this is refused by Call, which says so.
constexpr int kMaxReceivedBytes = 16 * static_cast<int>(wire::kMaxMessageBytes);
constexpr int kMostPorts = 20;  // that are tried where the system picks one
// Of reflection: what else the server does needs none of gRPC's. One of them waits for the others.
constexpr int kMaxGrpcThreads = 16;
constexpr std::size_t kMemoryQuotaBytes = 512UL * 1024 * 1024;

/// gRPC's own lines may hold what a peer sent, and calls ordinary things errors (a TLS client that
/// names an IP address).
void log_of_grpc(gpr_log_func_args* args) {
  base::log(base::LogLevel::kDebug, "grpc", {{"text", args->message}});
}

void set_limits(grpc::ServerBuilder& builder, const ServerOptions& options) {
  const auto keepalive_ms = std::chrono::milliseconds(options.keepalive_interval).count();
  const auto timeout_ms = std::chrono::milliseconds(options.keepalive_timeout).count();
  builder.SetMaxReceiveMessageSize(kMaxReceivedBytes);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(keepalive_ms));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(timeout_ms));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kFlowControlWindowBytes);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // Voice is never compressed, and what is would have to be unpacked before its size is known.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  // Clients see to their own deadlines, and calls to how long they last here.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder.AddChannelArgument(GRPC_ARG_TCP_READ_CHUNK_SIZE, kReadChunkBytes);
  builder.AddChannelArgument(GRPC_ARG_TCP_MIN_READ_CHUNK_SIZE, kReadChunkBytes);
  builder.AddChannelArgument(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, 4 * kReadChunkBytes);
  grpc::ResourceQuota quota("comcat");
  quota.Resize(kMemoryQuotaBytes);
  quota.SetMaxThreads(kMaxGrpcThreads);
  builder.SetResourceQuota(quota);
}

AdminEndpoint::Act administer_on(Shard& shard) {
  return [&shard](std::string words, std::function<void(const AdminEndpoint::Answer&)> done) {
    shard.post([&shard, words = std::move(words), done = std::move(done)] {
      shard.hub().administer(
          words, shard.now(),
          [done](const AdminEndpoint::Answer& answer, base::Time /*now*/) { done(answer); });
    });
  };
}

GuestLimits guest_limits(const ServerOptions& options) {
  return {
      .bytes_per_second =
          static_cast<std::uint64_t>(options.hub.caller.conduct.max_bytes_per_second),
      .alone_bytes = options.acceptor.limits.stranger_bytes,
      .alone_patience = options.acceptor.limits.stranger_patience,
  };
}

}  // namespace

/// All that the server needs for datagrams.
struct Datagrams {
  Datagrams(std::vector<DatagramSocket> its_sockets, int its_port, Metrics& metrics)
      : port(its_port),
        sockets(std::move(its_sockets)),
        intake(sockets, metrics),
        paths(sockets, static_cast<std::uint16_t>(its_port), intake, metrics) {}

  const int port;
  const std::vector<DatagramSocket> sockets;
  DatagramIntake intake;
  DatagramPaths paths;
};

struct Server::Parts {
  Parts(Acceptor its_acceptor, const GuestLimits& guest_limits)
      : guests(guest_limits, metrics), acceptor(std::move(its_acceptor)) {}

  Metrics metrics;
  GuestTable guests;
  RawService service;
  HealthService health;
  Acceptor acceptor;
  std::shared_ptr<TlsCredentials> tls;  // null: plaintext
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> connections;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<Datagrams> datagrams;  // null: there are none
  std::unique_ptr<Shard> shard;
  std::unique_ptr<ClusterMember> cluster;   // null: it is alone. Its bus goes before the shard
  std::unique_ptr<store::Journal> journal;  // null: no texts are kept. Goes before the shard
  std::unique_ptr<ClusterTexts> texts;      // null: it is alone. Goes before the journal
  std::unique_ptr<Books> books;             // goes before the shard
  std::unique_ptr<AdminEndpoint> admin;
};

namespace {

/// Opens the journal that the options ask for, and makes it the keeper of `hub`.
absl::StatusOr<std::unique_ptr<store::Journal>> open_journal(
    std::optional<store::JournalOptions> options, bool follows_log, HubOptions& hub) {
  if (!options) return nullptr;
  options->follows_log = follows_log;
  absl::StatusOr<std::unique_ptr<store::Journal>> journal =
      store::Journal::open(*std::move(options));
  if (journal.ok()) hub.keeper = journal->get();
  return journal;
}

/// For the books, whose shard is there before anybody can have something kept.
Books::Post post_to(const std::unique_ptr<Shard>& shard) {
  return [&shard](std::function<void(base::Time)> task) {
    shard->post([&shard = *shard, task = std::move(task)] { task(shard.now()); });
  };
}

/// The sockets of a server.
struct Bound {
  Acceptor acceptor;
  std::vector<DatagramSocket> datagrams{};  // none: there are no datagrams
  int datagram_port = 0;
};

/// Whether the system picks a port.
bool picks_port(const AcceptorOptions& options) {
  const auto wanted = parse_listen_addresses(options.listen, "--listen");
  return wanted.ok() && std::ranges::any_of(*wanted, [](const base::Address& address) {
           return address.port == 0;
         });
}

/// Binds what the options ask for; without datagrams where their port is taken and nobody insists
/// on it. Where the system picks a port, it picks others until one is free for both.
absl::StatusOr<Bound> bind(const ServerOptions& options) {
  for (int tries = 1;; ++tries) {
    absl::StatusOr<Acceptor> acceptor = Acceptor::bind(options.acceptor);
    if (!acceptor.ok()) return acceptor.status();
    if (!options.datagrams.wanted || !options.certificate) return Bound{*std::move(acceptor)};
    const int told = options.datagrams.port;
    const int port = told != 0 ? told : acceptor->port();
    absl::StatusOr<std::vector<DatagramSocket>> sockets =
        bind_datagrams(options.acceptor.listen, static_cast<std::uint16_t>(port));
    if (sockets.ok()) return Bound{*std::move(acceptor), *std::move(sockets), port};
    if (told != 0) return sockets.status();
    if (picks_port(options.acceptor) && tries < kMostPorts) continue;
    base::log(base::LogLevel::kWarning, "datagrams_off",
              {{"why", std::string(sockets.status().message())}});
    return Bound{*std::move(acceptor)};
  }
}

/// Has the journal answer to the shard: one task for all that became true at once.
void connect(store::Journal& journal, Shard& shard) {
  journal.start([&shard](std::vector<store::Answer> answers) {
    shard.post([&shard, answers = std::move(answers)]() mutable {
      shard.hub().take(std::move(answers), shard.now());
    });
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
  absl::StatusOr<Bound> bound = bind(options);
  if (!bound.ok()) return bound.status();
  auto parts = std::make_unique<Parts>(std::move(bound->acceptor), guest_limits(options));
  HubOptions hub = options.hub;
  absl::StatusOr<std::unique_ptr<store::Journal>> journal =
      open_journal(options.journal, options.cluster.has_value(), hub);
  if (!journal.ok()) return journal.status();
  parts->journal = *std::move(journal);
  auto books = Books::open(options.books, post_to(parts->shard), hub);
  if (!books.ok()) return books.status();
  parts->books = *std::move(books);
  if (!bound->datagrams.empty()) {
    parts->datagrams = std::make_unique<Datagrams>(std::move(bound->datagrams),
                                                   bound->datagram_port, parts->metrics);
  }
  DatagramPaths* const paths = parts->datagrams ? &parts->datagrams->paths : nullptr;
  hub.datagrams = paths;

  // Every connection waits with a buffer of 8 KiB for what it reads, unless this experiment of gRPC
  // 1.51, on by default, is off. Read when gRPC starts, so it must come before any use of it.
  setenv("GRPC_EXPERIMENTS", "-tcp_read_chunks", /*overwrite=*/0);
  std::optional<TimerSlack> slack(kTimerSlack);  // of the threads that gRPC begins
  // In the process as soon as the library is linked; what links it is this call.
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  gpr_set_log_function(log_of_grpc);
  grpc::ServerBuilder builder;
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutPlugins>());
  set_limits(builder, options);
  builder.RegisterService(&parts->service);
  builder.RegisterService(&parts->health);
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (options.certificate) {
    hub.certificate =
        base::certificate_fingerprint(options.certificate->certificate_pem).value_or("");
    credentials = parts->tls = std::make_shared<TlsCredentials>(*options.certificate);
  }
  slack.reset();
  parts->connections = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials);
  if (options.cluster) {
    parts->cluster = ClusterMember::start(*options.cluster);
    parts->metrics.bus = parts->cluster->counters();
    parts->metrics.peers = parts->cluster->peers();
    hub.cluster =
        cluster_options(*options.cluster, *parts->cluster, hub.certificate, parts->acceptor.port());
    std::unique_ptr<bus::MessageLog> log = make_text_log(*options.cluster);
    parts->metrics.text_log = log->counters();
    parts->texts = std::make_unique<ClusterTexts>(std::move(log), parts->metrics);
    hub.shared_texts = parts->texts.get();
  }
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  parts->shard =
      std::make_unique<Shard>(hub, options.admission, parts->metrics, std::move(queue),
                              parts->service, parts->health, parts->guests, parts->acceptor, paths);
  slack.emplace(kTimerSlack);
  if (!options.admin_socket.empty()) {
    absl::StatusOr<std::unique_ptr<AdminEndpoint>> admin =
        AdminEndpoint::start(options.admin_socket, administer_on(*parts->shard));
    if (!admin.ok() && options.needs_admin_socket) return admin.status();
    if (admin.ok()) parts->admin = *std::move(admin);
    if (!admin.ok()) {
      base::log(base::LogLevel::kWarning, "admin_socket_off",
                {{"why", std::string(admin.status().message())}});
    }
  }
  parts->server = builder.BuildAndStart();
  slack.reset();
  if (!parts->server) {
    return absl::InternalError("gRPC cannot start a server; --log_level debug shows its reason");
  }
  parts->shard->start();
  if (parts->datagrams) {
    parts->datagrams->intake.start(
        [shard = parts->shard.get()](std::vector<ArrivedDatagram>& batch) {
          return shard->take_datagrams(batch);
        });
  }
  if (parts->journal) connect(*parts->journal, *parts->shard);
  if (parts->cluster) connect(parts->cluster->outlet(), *parts->shard);
  if (parts->texts) connect(*parts->texts, parts->journal.get(), *parts->shard);
  parts->acceptor.start(
      [connections = parts->connections.get()](base::FileDescriptor fd) {
        grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
        parameters.fd = fd.release();
        connections->HandleNewConnection(&parameters);
      },
      [shard = parts->shard.get()](Pulse::Task task) { shard->post(std::move(task)); },
      parts->guests, parts->metrics);
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  stop(std::chrono::milliseconds(0));
}

void Server::stop(std::chrono::milliseconds grace) {
  if (!parts_->server) return;
  parts_->acceptor.stop();
  parts_->admin.reset();
  parts_->shard->drain(grace);
  // Connections close by themselves once their last words have left; those that read nothing are
  // cut.
  base::Event closed;
  std::thread cut([&] {
    if (!closed.wait_for(kFarewell)) parts_->acceptor.disconnect_all();
  });
  parts_->server->Shutdown(rpc::deadline_in(kFarewell));
  closed.set();
  cut.join();
  if (parts_->datagrams) parts_->datagrams->intake.stop();
  parts_->shard->join();
  if (parts_->texts) parts_->texts->end();
  if (parts_->cluster) {
    parts_->shard->hub().cluster()->say_going(/*ends=*/true, base::steady_now());
    parts_->cluster->end();
  }
  parts_->server.reset();
}

void Server::renew_certificate(const Certificate& certificate) {
  if (!parts_->tls) return;
  const std::string fingerprint =
      base::certificate_fingerprint(certificate.certificate_pem).value_or("");
  // Before anybody can have seen it.
  parts_->shard->post(
      [&hub = parts_->shard->hub(), fingerprint] { hub.renew_certificate(fingerprint); });
  parts_->tls->replace(certificate);
}

void Server::declare_rooms(std::vector<LastingRoom> rooms) {
  Shard& shard = *parts_->shard;
  shard.post([&shard, rooms = std::move(rooms)] {
    shard.hub().declare_rooms(rooms, shard.now());
    base::log(base::LogLevel::kInfo, "rooms_reread", {{"rooms", rooms.size()}});
  });
}

const std::string& Server::address() const {
  return parts_->acceptor.address();
}
int Server::port() const {
  return parts_->acceptor.port();
}
int Server::datagram_port() const {
  return parts_->datagrams ? parts_->datagrams->port : 0;
}
const Metrics& Server::metrics() const {
  return parts_->metrics;
}

}  // namespace comcat::server
