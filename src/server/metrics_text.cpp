#include "metrics_text.h"

#include <chrono>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include "comcat/bus/bus.h"
#include "comcat/bus/message_log.h"
#include "comcat/bus/peers.h"

namespace comcat::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(const std::string& name, const std::string& help, MetricType type) {
  MetricFamily out;
  out.name = "comcat_" + name;
  out.help = help;
  out.type = type;
  return out;
}

MetricFamily gauge(const std::string& name, const std::string& help, double value) {
  MetricFamily out = family(name, help, MetricType::Gauge);
  out.metric.emplace_back().gauge.value = value;
  return out;
}

MetricFamily counter(const std::string& name, const std::string& help, double value) {
  MetricFamily out = family(name, help, MetricType::Counter);
  out.metric.emplace_back().counter.value = value;
  return out;
}

template <typename Counters, typename Names>
MetricFamily by_reason(const std::string& name, const std::string& help, const Counters& counters,
                       const Names& names) {
  MetricFamily out = family(name, help, MetricType::Counter);
  for (std::size_t i = 0; i < counters.size(); ++i) {
    ClientMetric& metric = out.metric.emplace_back();
    metric.label = {{"reason", names.at(i)}};
    metric.counter.value = static_cast<double>(counters.at(i).load());
  }
  return out;
}

MetricFamily histogram(const std::string& name, const std::string& help, const Histogram& source) {
  constexpr double kMicrosecondsPerSecond = 1e6;
  MetricFamily out = family(name, help, MetricType::Histogram);
  auto& target = out.metric.emplace_back().histogram;
  for (std::size_t i = 0; i <= Histogram::kBoundsUs.size(); ++i) {
    target.sample_count += source.bucket(i);
    const double bound =
        i < Histogram::kBoundsUs.size()
            ? static_cast<double>(Histogram::kBoundsUs.at(i)) / kMicrosecondsPerSecond
            : std::numeric_limits<double>::infinity();
    target.bucket.push_back({target.sample_count, bound});
  }
  target.sample_sum = static_cast<double>(source.sum_us()) / kMicrosecondsPerSecond;
  return out;
}

/// Always 1; what was built is in the labels.
MetricFamily build_info() {
  MetricFamily out = gauge("build_info", "Version of comcat-server, and of gRPC under it.", 1);
  out.metric.front().label = {{"version", COMCAT_VERSION}, {"grpc", grpc::Version()}};
  return out;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total_pages = 0;
  double resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::vector<MetricFamily> families(const Metrics& m) {
  const auto count = [](const Metrics::Counter& c) { return static_cast<double>(c.load()); };
  return {
      build_info(),
      gauge("clients", "Callers who are in.", count(m.clients)),
      gauge("rooms", "Rooms with somebody in them.", count(m.rooms)),
      counter("joins_total", "Callers who said a good hello.", count(m.joins)),
      counter("frames_in_total", "Voice frames received.", count(m.frames_in)),
      counter("voice_bytes_in_total", "Bytes of voice received.", count(m.bytes_in)),
      counter("messages_out_total", "Messages written; one may carry several frames.",
              count(m.messages_out)),
      counter("frames_out_total", "Voice frames written.", count(m.frames_out)),
      counter("bytes_out_total", "Bytes of the messages written.", count(m.bytes_out)),
      by_reason("drops_total", "Voice frames not delivered, by reason.", m.drops, kDropNames),
      by_reason("refusals_total", "Callers turned away, by reason.", m.refusals, kRefusalNames),
      by_reason("connections_refused_total", "Connections closed before their first byte.",
                m.turned_away, kTurnedNames),
      counter("accept_failures_total",
              "Times that the system accepted no connection although somebody waited.",
              count(m.failed_accepts)),
      counter("overdrawn_total",
              "Connections of admitted callers cut for what was no message on them.",
              count(m.overdrawn)),
      counter("slowed_total", "Connections kept waiting since callers from their address were cut.",
              count(m.slowed)),
      counter("datagrams_in_total", "Datagrams received that authenticate and are no replays.",
              count(m.datagrams_in)),
      counter("datagrams_out_total", "Datagrams sent.", count(m.datagrams_out)),
      counter("datagrams_unsent_total", "Datagrams that the system did not take.",
              count(m.datagrams_unsent)),
      counter("datagrams_forged_total", "Datagrams of no caller, or that do not authenticate.",
              count(m.datagrams_forged)),
      counter("datagrams_replayed_total", "Datagrams that had come before.",
              count(m.datagrams_replayed)),
      counter("datagram_addresses_total", "Addresses that callers have proven to get datagrams at.",
              count(m.datagram_addresses)),
      counter("voice_to_datagrams_total", "Listeners whose voice began to take datagrams.",
              count(m.voice_to_datagrams)),
      counter("voice_to_stream_total", "Listeners whose voice went back to the stream.",
              count(m.voice_to_stream)),
      counter("texts_total", "Texts said in rooms.", count(m.texts)),
      counter("texts_unkept_total", "Texts that could not be kept, and were not said.",
              count(m.texts_unkept)),
      counter("stalled_total", "Listeners closed because they did not read.",
              count(m.closed_stalled)),
      counter("flooding_total", "Callers closed because they sent too much.",
              count(m.closed_flooding)),
      histogram("queue_age_seconds",
                "Age of the oldest frame of a voice message when it is written.", m.queue_age),
      histogram("write_seconds", "Time from a write to its completion.", m.write_latency),
      counter("process_cpu_seconds_total", "CPU time of the process.", cpu_seconds()),
      gauge("process_resident_memory_bytes", "Memory of the process.", resident_bytes()),
  };
}

std::vector<MetricFamily> families_of_cluster(const Metrics& m, const bus::Counters& bus) {
  const auto count = [](const Metrics::Counter& c) { return static_cast<double>(c.load()); };
  return {
      gauge("cluster_nodes", "Servers of the cluster that live, this one too.", count(m.nodes)),
      counter("cluster_nodes_gone_total", "Servers of the cluster that ended or fell silent.",
              count(m.nodes_gone)),
      counter("cluster_frames_in_total", "Voice frames from other servers.",
              count(m.remote_frames_in)),
      counter("cluster_frames_out_total", "Voice frames sent to other servers, each once.",
              count(m.remote_frames_out)),
      counter("cluster_messages_refused_total",
              "Messages from other servers that are not known, or break the protocol.",
              count(m.node_messages_refused)),
      counter("bus_messages_out_total", "Messages sent to other servers.", count(bus.messages_out)),
      counter("bus_bytes_out_total", "Their bytes.", count(bus.bytes_out)),
      counter("bus_messages_in_total", "Messages received from other servers.",
              count(bus.messages_in)),
      counter("bus_bytes_in_total", "Their bytes.", count(bus.bytes_in)),
      counter("bus_late_out_total", "Messages not sent, as they had waited for too long.",
              count(bus.late_out)),
      counter("bus_late_in_total", "Messages that were too old when they arrived.",
              count(bus.late_in)),
      counter("bus_foreign_total", "Messages that no comcat-server has sent.", count(bus.foreign)),
      counter("bus_overflows_total", "Times that too much waited of what had arrived.",
              count(bus.overflowed)),
      counter("bus_reconnects_total", "Connections to NATS that took the place of a lost one.",
              count(bus.reconnects)),
  };
}

using PeerFigures = std::map<std::string, bus::Peers::Figures>;

template <typename Value>
MetricFamily by_peer(const std::string& name, const std::string& help, const PeerFigures& all,
                     const Value& value) {
  MetricFamily out = family(name, help, MetricType::Counter);
  for (const auto& [peer, figures] : all) {
    ClientMetric& metric = out.metric.emplace_back();
    metric.label = {{"peer", peer}};
    metric.counter.value = value(figures);
  }
  return out;
}

std::vector<MetricFamily> families_of_peers(const PeerFigures& all) {
  using Figures = bus::Peers::Figures;
  const auto seconds = [](const Figures& it) {
    return std::chrono::duration<double>(it.age).count();
  };
  return {
      by_peer("peer_messages_in_total", "Messages received from a server of the cluster.", all,
              [](const Figures& it) { return static_cast<double>(it.messages); }),
      by_peer("peer_bytes_in_total", "Their bytes.", all,
              [](const Figures& it) { return static_cast<double>(it.bytes); }),
      by_peer("peer_age_seconds_total",
              "How much longer they were under way than the fastest, summed.", all, seconds),
      by_peer("peer_late_in_total", "Those that were too old when they arrived.", all,
              [](const Figures& it) { return static_cast<double>(it.late); }),
  };
}

std::vector<MetricFamily> families_of_text_log(const Metrics& m, const bus::LogCounters& log) {
  const auto count = [](const Metrics::Counter& c) { return static_cast<double>(c.load()); };
  return {
      gauge("text_log_available", "Whether the cluster's history can be written to.",
            log.available ? 1 : 0),
      counter("text_log_texts_total", "Texts that have come from the cluster's history.",
              count(m.texts_shared)),
      counter("text_log_foreign_total",
              "Messages that came from there, and that no comcat-server has written.",
              count(m.texts_refused) + count(log.foreign)),
      histogram("text_log_seconds", "Time until the cluster's history had a text.",
                m.text_acknowledged),
  };
}

}  // namespace

std::string metrics_text(const Metrics& metrics) {
  std::vector<MetricFamily> all = families(metrics);
  if (metrics.bus) {
    for (MetricFamily& family : families_of_cluster(metrics, *metrics.bus)) {
      all.push_back(std::move(family));
    }
  }
  if (metrics.peers) {
    for (MetricFamily& family : families_of_peers(metrics.peers->all())) {
      all.push_back(std::move(family));
    }
  }
  if (metrics.text_log) {
    for (MetricFamily& family : families_of_text_log(metrics, *metrics.text_log)) {
      all.push_back(std::move(family));
    }
  }
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace comcat::server
