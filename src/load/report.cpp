#include "comcat/load/report.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace comcat::load {
namespace {

constexpr double kBusyShare = 0.8;
constexpr std::chrono::microseconds kLate{2'000};

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

double per(double value, std::uint64_t count) {
  return count == 0 ? 0 : value / static_cast<double>(count);
}

std::int64_t us(const Histogram& histogram, double fraction) {
  return histogram.percentile(fraction).count();
}

double ms(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1e3;
}

double rate(const Report& report) {
  const double measured = report.measured.count();
  return measured > 0 ? static_cast<double>(report.delivered) / measured : 0;
}

std::uint64_t lost(const Report& report) {
  return report.expected - std::min(report.expected, report.delivered);
}

const char* transport(const Report& report) {
  return report.options.insecure ? "plaintext" : "tls";
}

/// The server's figures in the units of the report.
struct ServerFigures {
  ServerFigures(const ServerReport& server, const Report& report)
      : cpu_seconds(seconds(server.ended.cpu - server.began.cpu)),
        cpu_us_per_frame(per(cpu_seconds * 1e6, report.delivered)),
        waits_per_frame(per(count(server.ended.waits, server.began.waits), report.delivered)),
        preemptions_per_frame(
            per(count(server.ended.preemptions, server.began.preemptions), report.delivered)),
        kib_per_connection(per(count(server.connected.anonymous_kib, server.before.anonymous_kib),
                               report.options.clients)),
        kib_per_speaking_connection(
            per(count(server.ended.anonymous_kib, server.before.anonymous_kib),
                report.options.clients)) {}

  static double count(std::uint64_t after, std::uint64_t before) {
    return static_cast<double>(after) - static_cast<double>(before);
  }

  double cpu_seconds;
  double cpu_us_per_frame;
  double waits_per_frame;
  double preemptions_per_frame;
  double kib_per_connection;
  double kib_per_speaking_connection;
};

std::string row(const Report& r) {
  std::string text = absl::StrFormat(
      "N=%d S=%d sent %d delivered %d of %d (%.2f%%) rate %.0f/s  lat us p50 %d p99 %d p99.9 %d "
      "max %d | ",
      r.options.clients, r.options.speakers, r.sent, r.delivered, r.expected, r.delivered_percent(),
      rate(r), us(r.latency, .5), us(r.latency, .99), us(r.latency, .999), r.latency.max().count());
  const double own = per(seconds(r.own_cpu) * 1e6, r.delivered);
  if (r.server) {
    const ServerFigures server(*r.server, r);
    absl::StrAppendFormat(&text,
                          "server cpu %.2fs = %.2f us/delivery (load own %.2f us) rss %d KiB "
                          "rss/conn %.1f KiB ",
                          server.cpu_seconds, server.cpu_us_per_frame, own,
                          r.server->ended.resident_kib, server.kib_per_connection);
  } else {
    absl::StrAppendFormat(&text, "load own %.2f us/delivery ", own);
  }
  return text + transport(r) + (r.options.original ? " original\n" : "\n");
}

std::string details(const Report& r) {
  std::string text = absl::StrFormat(
      "  frames per message %.2f, by datagram %.1f %%, lost %d, duplicates %d, reordered %d, "
      "unexpected %d, lost streams %d; "
      "load: busiest thread %.0f %% of a core, timer late p99 %d us\n",
      per(static_cast<double>(r.delivered), r.messages),
      100 * per(static_cast<double>(r.by_datagram), r.delivered), lost(r), r.duplicates,
      r.reordered, r.unexpected, r.lost_streams, 100 * r.busiest_thread, us(r.lateness, .99));
  if (r.server) {
    const ServerFigures server(*r.server, r);
    absl::StrAppendFormat(&text,
                          "  server: %d threads, per delivery %.3f waits and %.3f preemptions, "
                          "%.1f KiB per connection before and %.1f after the run\n",
                          r.server->ended.threads, server.waits_per_frame,
                          server.preemptions_per_frame, server.kib_per_connection,
                          server.kib_per_speaking_connection);
  }
  if (r.options.flooders > 0) {
    absl::StrAppendFormat(&text, "  flooders %d: %d closed by the server\n", r.options.flooders,
                          r.flooders_closed);
  }
  if (r.stall) {
    absl::StrAppendFormat(&text,
                          "  stalled %d: %d heard again, what they heard first was %.0f ms old "
                          "(oldest %.0f ms), %.1f frames each were older than 500 ms; %d closed by "
                          "the server\n",
                          r.options.stalled, r.stall->resumed, ms(r.stall->first_age.max()),
                          ms(r.stall->oldest_age.max()),
                          per(static_cast<double>(r.stall->stale_frames), r.stall->resumed),
                          r.stall->closed);
  }
  if (r.load_was_the_bottleneck()) {
    text +=
        "  WARNING: the load itself was too slow for these figures; raise --threads or use "
        "another machine\n";
  }
  return text;
}

std::string server_json(const ServerReport& server, const Report& report) {
  const ServerFigures figures(server, report);
  return absl::StrFormat(
      ",\"server\":{\"cpu_seconds\":%.6f,\"cpu_us_per_frame\":%.3f,\"threads\":%d,"
      "\"waits_per_frame\":%.4f,\"preemptions_per_frame\":%.4f,\"kib_before\":%d,"
      "\"kib_connected\":%d,\"kib_ended\":%d,\"kib_per_connection\":%.2f,"
      "\"kib_per_speaking_connection\":%.2f}",
      figures.cpu_seconds, figures.cpu_us_per_frame, server.ended.threads, figures.waits_per_frame,
      figures.preemptions_per_frame, server.before.anonymous_kib, server.connected.anonymous_kib,
      server.ended.anonymous_kib, figures.kib_per_connection, figures.kib_per_speaking_connection);
}

std::string stall_json(const StallReport& stall, const Report& report) {
  return absl::StrFormat(
      ",\"stall\":{\"listeners\":%d,\"resumed\":%d,\"closed\":%d,\"first_age_ms\":%.1f,"
      "\"oldest_age_ms\":%.1f,\"stale_frames\":%d}",
      report.options.stalled, stall.resumed, stall.closed, ms(stall.first_age.max()),
      ms(stall.oldest_age.max()), stall.stale_frames);
}

}  // namespace

double Report::delivered_percent() const {
  return expected == 0 ? 100.0
                       : 100.0 * static_cast<double>(delivered) / static_cast<double>(expected);
}

bool Report::load_was_the_bottleneck() const {
  return busiest_thread > kBusyShare || lateness.percentile(.99) > kLate;
}

std::string to_text(const Report& report) {
  return row(report) + details(report);
}

std::string to_json(const Report& r) {
  std::string text = absl::StrFormat(
      "{\"clients\":%d,\"speakers\":%d,\"rooms\":%d,\"bytes\":%d,\"period_ms\":%.3f,"
      "\"seconds\":%.3f,\"transport\":\"%s\",\"protocol\":\"%s\",\"max_speakers\":%d,"
      "\"sent_frames\":%d,\"expected_frames\":%d,\"delivered_frames\":%d,"
      "\"delivered_percent\":%.4f,\"unexpected_frames\":%d,\"duplicate_frames\":%d,"
      "\"reordered_frames\":%d,\"messages\":%d,\"datagram_frames\":%d,\"lost_frames\":%d,"
      "\"lost_streams\":%d",
      r.options.clients, r.options.speakers, r.options.rooms, r.options.bytes, ms(r.options.period),
      r.measured.count(), transport(r), r.options.original ? "original" : "comcat", r.max_speakers,
      r.sent, r.expected, r.delivered, r.delivered_percent(), r.unexpected, r.duplicates,
      r.reordered, r.messages, r.by_datagram, lost(r), r.lost_streams);
  absl::StrAppendFormat(&text,
                        ",\"latency_us\":{\"p50\":%d,\"p99\":%d,\"p99.9\":%d,\"max\":%d},"
                        "\"load\":{\"cpu_us_per_frame\":%.3f,\"busiest_thread_share\":%.3f,"
                        "\"timer_late_us_p99\":%d,\"was_the_bottleneck\":%s}",
                        us(r.latency, .5), us(r.latency, .99), us(r.latency, .999),
                        r.latency.max().count(), per(seconds(r.own_cpu) * 1e6, r.delivered),
                        r.busiest_thread, us(r.lateness, .99),
                        r.load_was_the_bottleneck() ? "true" : "false");
  if (r.server) text += server_json(*r.server, r);
  if (r.options.flooders > 0) {
    absl::StrAppendFormat(&text, ",\"flood\":{\"clients\":%d,\"closed\":%d}", r.options.flooders,
                          r.flooders_closed);
  }
  if (r.stall) text += stall_json(*r.stall, r);
  return text + "}\n";
}

}  // namespace comcat::load
