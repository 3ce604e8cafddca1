#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

class Outlet;

/// This server as one of several.
struct ClusterOptions {
  wire::Sender self;         // of which only the cluster is known before Server::start()
  std::string name;          // of this node
  std::string version;       // of this program
  std::string address;       // where clients reach it, HOST:PORT; empty: they are not told
  std::string fingerprint;   // of its certificate
  Outlet* outlet = nullptr;  // outlives the hub; null: this server is alone
  std::function<base::Duration()> busy_time;  // that the shard's thread has had of a processor
};

}  // namespace comcat::server
