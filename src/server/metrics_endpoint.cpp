#include "comcat/server/metrics_endpoint.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <microhttpd.h>
#include <sys/socket.h>

#include "comcat/server/admission_address.h"
#include "comcat/server/listen_address.h"

#include "address_shares.h"
#include "listening_socket.h"
#include "metrics_text.h"

namespace comcat::server {
namespace {

// Who connects where there are as many makes one of them go: see AddressShares.
constexpr std::size_t kConnections = 64;
constexpr std::size_t kConnectionsPerAddress = 32;
constexpr unsigned kLibraryConnections = 2 * kConnections;  // those that are going as well
constexpr unsigned kSilenceSeconds = 2;
constexpr std::size_t kConnectionBytes = 8 * 1024;  // a request, and the head of its answer

using Response = std::unique_ptr<MHD_Response, decltype(&MHD_destroy_response)>;

Response response(std::string text, const char* type) {
  Response out(MHD_create_response_from_buffer(text.size(), text.data(), MHD_RESPMEM_MUST_COPY),
               &MHD_destroy_response);
  MHD_add_response_header(out.get(), MHD_HTTP_HEADER_CONTENT_TYPE, type);
  MHD_add_response_header(out.get(), MHD_HTTP_HEADER_CONNECTION, "close");
  return out;
}

}  // namespace

/// What the library calls, all on its one thread.
struct MetricsEndpoint::Parts {
  explicit Parts(const Metrics& its_metrics) : metrics(its_metrics) {}

  static MHD_Result answer(void* parts, MHD_Connection* connection, const char* url,
                           const char* method, const char* /*version*/, const char* /*upload*/,
                           std::size_t* /*upload_bytes*/, void** /*request*/) {
    if (std::string_view(method) != "GET") {
      const Response sorry = response("only GET\n", "text/plain");
      return MHD_queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, sorry.get());
    }
    if (std::string_view(url) != "/metrics") {
      const Response sorry = response("the metrics are at /metrics\n", "text/plain");
      return MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, sorry.get());
    }
    const Response page = response(metrics_text(static_cast<Parts*>(parts)->metrics),
                                   "text/plain; version=0.0.4; charset=utf-8");
    return MHD_queue_response(connection, MHD_HTTP_OK, page.get());
  }

  static void on_connection(void* parts, MHD_Connection* connection, void** /*socket_context*/,
                            MHD_ConnectionNotificationCode what) {
    const auto* const socket =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    static_cast<Parts*>(parts)->count(socket->connect_fd, what == MHD_CONNECTION_NOTIFY_STARTED);
  }

  void count(int fd, bool began) {
    if (!began) {
      places.give_back(addresses[fd], fd);
      addresses.erase(fd);
      return;
    }
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    std::ignore = getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size);
    const std::string& address = addresses[fd] = admission_address(peer_text(peer));
    const auto place = places.take(address, fd);
    if (!place.taken) ::shutdown(fd, SHUT_RDWR);  // the library closes it then
    if (place.made_room) ::shutdown(*place.made_room, SHUT_RDWR);
  }

  const Metrics& metrics;
  AddressShares<int> places{{.in_all = kConnections, .per_address = kConnectionsPerAddress}};
  std::map<int, std::string> addresses;  // of each connection, by its descriptor
  int port = 0;
  std::unique_ptr<MHD_Daemon, decltype(&MHD_stop_daemon)> daemon{nullptr, &MHD_stop_daemon};
};

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::start(const std::string& address,
                                                                        const Metrics& metrics) {
  const absl::StatusOr<base::Address> wanted = parse_listen_address(address, "--metrics");
  if (!wanted.ok()) return wanted.status();
  absl::StatusOr<base::FileDescriptor> listener = listen_on(*wanted, {.flag = "--metrics"});
  if (!listener.ok()) return listener.status();
  auto parts = std::make_unique<Parts>(metrics);
  parts->port = bound_to(listener->get()).port;
  parts->daemon.reset(MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD, 0, nullptr, nullptr, &Parts::answer, parts.get(),
      MHD_OPTION_LISTEN_SOCKET, listener->get(), MHD_OPTION_CONNECTION_LIMIT, kLibraryConnections,
      MHD_OPTION_CONNECTION_TIMEOUT, kSilenceSeconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      kConnectionBytes, MHD_OPTION_NOTIFY_CONNECTION, &Parts::on_connection, parts.get(),
      MHD_OPTION_END));
  if (!parts->daemon) {
    return absl::UnavailableError("cannot serve metrics on " + base::to_string(*wanted) +
                                  "; start again without --metrics, or with fewer open files");
  }
  std::ignore = listener->release();  // the library's
  return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(std::move(parts)));
}

MetricsEndpoint::MetricsEndpoint(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MetricsEndpoint::~MetricsEndpoint() = default;

int MetricsEndpoint::port() const {
  return parts_->port;
}

}  // namespace comcat::server
