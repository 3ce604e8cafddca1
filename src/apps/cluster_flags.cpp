#include "cluster_flags.h"

#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "comcat/base/address.h"
#include "comcat/base/log.h"
#include "comcat/base/text.h"
#include "comcat/server/listen_address.h"
#include "comcat/wire/cluster_convert.h"

#include "absl/flags/flag.h"
#include "text_file.h"

ABSL_FLAG(std::string, nats, "",
          "nats://HOST:4222, several with commas between them: this server and all others there "
          "with the same --cluster are one; tls:// insists on TLS; empty: it is alone");
ABSL_FLAG(std::string, nats_credentials, "",
          "a file with the user's JWT and seed, as nsc writes it, for NATS");
ABSL_FLAG(std::string, nats_ca, "", "a PEM file of who signs the certificates of --nats");
ABSL_FLAG(std::string, cluster, "comcat", "which servers are one: those with the same word");
ABSL_FLAG(std::string, node, "", "what this server is called among them; empty: as the machine");
ABSL_FLAG(int, text_replicas, 1,
          "on how many servers of NATS texts are kept: 1, or 3 where NATS is a cluster");
ABSL_FLAG(
    std::string, advertise, "",
    "HOST or HOST:PORT where clients reach this server: clients of the others are told it, and "
    "go there when theirs ends; without a port, that of --listen");

namespace comcat::apps {
namespace {

absl::Status check_name(const char* flag, const std::string& name) {
  if (wire::is_node_name(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--" + std::string(flag) + " must be 1 to " + std::to_string(wire::kMaxNodeNameBytes) +
      " letters, digits, - or _, not \"" + base::safe_text(name, 80) + "\"");
}

absl::Status check_file(const char* flag, const std::string& file) {
  if (file.empty() || access(file.c_str(), R_OK) == 0) return absl::OkStatus();
  return absl::InvalidArgumentError("--" + std::string(flag) + ": cannot read " +
                                    base::safe_text(file) + "; check the path and who may read it");
}

absl::StatusOr<base::Address> parse_advertised(const std::string& text) {
  if (text.empty()) return base::Address{};
  const bool has_port = text.find(':') != std::string::npos && text.back() != ']';
  const absl::StatusOr<base::Address> address =
      server::parse_listen_address(has_port ? text : text + ":0", "--advertise");
  const bool good = address.ok() && !address->host.empty() && (address->port != 0 || !has_port);
  if (good && text.size() < wire::kMaxNodeAddressBytes - sizeof(":65535")) return address;
  return absl::InvalidArgumentError(
      "--advertise is where clients reach this server, for example voice1.example.org:50051, not " +
      base::safe_text(text, 80));
}

absl::Status check_replicas(int replicas) {
  if (replicas == 1 || replicas == 3) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--text_replicas is 1 or 3: of two none is enough when one goes");
}

/// The machine's name as far as a node may have it.
std::string machine() {
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) != 0) return "node";
  std::string out = std::string(name).substr(0, wire::kMaxNodeNameBytes);
  for (char& c : out) {
    if (!wire::is_node_name({&c, 1})) c = '-';
  }
  return out.empty() ? "node" : out;
}

/// The first of the flags that mean nothing without --nats.
std::string first_given() {
  if (!absl::GetFlag(FLAGS_nats_credentials).empty()) return "--nats_credentials";
  if (!absl::GetFlag(FLAGS_nats_ca).empty()) return "--nats_ca";
  if (!absl::GetFlag(FLAGS_node).empty()) return "--node";
  if (!absl::GetFlag(FLAGS_advertise).empty()) return "--advertise";
  if (absl::GetFlag(FLAGS_text_replicas) != 1) return "--text_replicas";
  return "";
}

}  // namespace

absl::StatusOr<std::optional<server::ClusterSettings>> cluster_settings() {
  const std::string list = absl::GetFlag(FLAGS_nats);
  if (list.empty()) {
    const std::string given = first_given();
    if (given.empty()) return std::nullopt;
    return absl::InvalidArgumentError(given + " needs --nats, by which servers find each other");
  }
  absl::StatusOr<std::vector<std::string>> urls = bus::parse_nats_urls(list);
  if (!urls.ok()) return urls.status();
  server::ClusterSettings settings{.nats = {*std::move(urls), absl::GetFlag(FLAGS_nats_credentials),
                                            absl::GetFlag(FLAGS_nats_ca)},
                                   .cluster = absl::GetFlag(FLAGS_cluster),
                                   .node = absl::GetFlag(FLAGS_node),
                                   .address = {},
                                   .text_replicas = absl::GetFlag(FLAGS_text_replicas)};
  if (settings.node.empty()) settings.node = machine();
  settings.nats.name = "comcat-server " + settings.cluster + " " + settings.node;
  absl::Status status = check_name("cluster", settings.cluster);
  status.Update(check_name("node", settings.node));
  const absl::StatusOr<base::Address> advertised = parse_advertised(absl::GetFlag(FLAGS_advertise));
  status.Update(advertised.status());
  status.Update(check_replicas(settings.text_replicas));
  status.Update(check_file("nats_credentials", settings.nats.credentials));
  status.Update(check_file("nats_ca", settings.nats.ca));
  if (!status.ok()) return status;
  settings.address = *advertised;
  if (!settings.nats.credentials.empty() && is_open_to_others(settings.nats.credentials)) {
    base::log(base::LogLevel::kWarning, "nats_credentials_are_open_to_others",
              {{"file", settings.nats.credentials}});
  }
  return settings;
}

}  // namespace comcat::apps
