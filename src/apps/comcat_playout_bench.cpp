// Plays packet traces through comcat's playout, speexdsp's jitter buffer and WebRTC's NetEq, and
// prints what each makes of them.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "playout_bench/measure.h"
#include "playout_bench/player.h"
#include "playout_bench/trace.h"
#include "program.h"

ABSL_FLAG(std::uint64_t, seed, 1, "of the modelled traces and the synthetic speech");
ABSL_FLAG(std::string, out, "", "a directory for one CSV of delay over time per trace");
ABSL_FLAG(std::string, only, "", "the one modelled trace to run, by its name in the table");
ABSL_FLAG(double, pull_ms, 2.5, "what comcat's playout is asked for at a time: 2.5, 5 or 10 ms");
ABSL_FLAG(int, gap_price_ms, 26,
          "the delay in ms that one percent fewer gaps is worth to comcat's playout");
ABSL_FLAG(std::vector<std::string>, traces, {},
          "recorded traces to run in place of the modelled ones: CSV files of send time in ms, "
          "arrival time in ms (empty: lost), size in bytes and the speaker, of frames of 20 ms, as "
          "comcat-client --record_arrivals writes them");

namespace {

using comcat::bench::Figures;
using comcat::bench::Trace;

void print_row(const std::string& trace, const char* player, const Figures& figures) {
  std::string recovery = "-";
  if (figures.recovery_ms.has_value()) recovery = absl::StrCat(std::int64_t(*figures.recovery_ms));
  std::printf("%-12s %-7s %8.1f %8.1f %8.1f %10s %11.2f %11.2f %9.2f\n", trace.c_str(), player,
              figures.mean_ms, figures.p95_ms, figures.end_ms, recovery.c_str(),
              figures.concealed_percent, figures.stretched_percent, figures.unheard_percent);
}

bool write_curve(const std::filesystem::path& path, const Figures& figures) {
  std::ofstream file(path);
  file << "time_s,delay_ms,target_ms\n";
  for (std::size_t i = 0; i < figures.curve.size(); ++i) {
    // An hour in full would be 10 MB: a point each 0.1 s will do there.
    if (figures.curve.size() > 300'000 && i % 10 != 0) continue;
    const comcat::bench::Point& point = figures.curve[i];
    file << absl::StrFormat("%.2f,%.1f,%.1f\n", std::chrono::duration<double>(point.time).count(),
                            std::chrono::duration<double, std::milli>(point.delay).count(),
                            std::chrono::duration<double, std::milli>(point.target).count());
  }
  file.flush();
  return file.good();
}

absl::StatusOr<std::vector<Trace>> chosen_traces() {
  std::vector<Trace> traces;
  for (const std::string& path : absl::GetFlag(FLAGS_traces)) {
    absl::StatusOr<std::vector<Trace>> recorded = comcat::bench::read_traces(path);
    if (!recorded.ok()) return recorded.status();
    std::ranges::move(*recorded, std::back_inserter(traces));
  }
  if (!traces.empty()) return traces;
  const std::string only = absl::GetFlag(FLAGS_only);
  for (const comcat::bench::TraceModel& model : comcat::bench::trace_models()) {
    if (only.empty() || only == model.name) traces.push_back(model.make(absl::GetFlag(FLAGS_seed)));
  }
  if (traces.empty()) return absl::InvalidArgumentError(absl::StrCat("no trace is named ", only));
  return traces;
}

absl::StatusOr<comcat::bench::ComcatSettings> comcat_settings() {
  const double pull_ms = absl::GetFlag(FLAGS_pull_ms);
  if (pull_ms != 2.5 && pull_ms != 5 && pull_ms != 10) {
    return absl::InvalidArgumentError("--pull_ms must be 2.5, 5 or 10");
  }
  const int price_ms = absl::GetFlag(FLAGS_gap_price_ms);
  if (price_ms < 1 || price_ms > 1000) {
    return absl::InvalidArgumentError("--gap_price_ms must be 1 to 1000");
  }
  comcat::bench::ComcatSettings settings;
  settings.pull_samples = static_cast<std::size_t>(pull_ms * 48);
  settings.options.gap_price = std::chrono::milliseconds(price_ms);
  return settings;
}

absl::Status run(const std::vector<Trace>& traces, const std::filesystem::path& out) {
  const auto settings = comcat_settings();
  if (!settings.ok()) return settings.status();
  std::error_code error;
  if (!out.empty()) std::filesystem::create_directories(out, error);
  if (error)
    return absl::InvalidArgumentError(absl::StrCat("cannot make the directory ", out.string()));
  std::printf("%-12s %-7s %8s %8s %8s %10s %11s %11s %9s\n", "trace", "playout", "mean ms",
              "p95 ms", "end ms", "recover ms", "concealed %", "stretched %", "unheard %");
  for (const Trace& trace : traces) {
    const auto minute = comcat::bench::encode_minute(trace.material);
    for (const auto& [name, make] : comcat::bench::player_kinds(*settings)) {
      const Figures figures = comcat::bench::measure(trace, minute, *make());
      print_row(trace.name, name, figures);
      if (out.empty()) continue;
      const auto path = out / absl::StrCat(trace.name, ".", name, ".csv");
      if (!write_curve(path, figures)) {
        return absl::InvalidArgumentError(absl::StrCat("cannot write ", path.string()));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  using comcat::apps::Exit;
  comcat::apps::parse_flags(
      argc, argv,
      "plays packet traces through comcat's playout, speexdsp's\n"
      "jitter buffer as Mumble handles it, and WebRTC's NetEq, and prints for each:\n"
      "mean and 95th percentile of the delay\n"
      "above the fastest packet's, the delay at the end, the time until it is back\n"
      "after a stall, and the shares of the speech that were concealed, stretched and never\n"
      "heard.\n\n"
      "  comcat-playout-bench --out=curves\n"
      "  comcat-playout-bench --traces=recorded.csv",
      {{"What is played", {"traces", "only", "seed"}},
       {"How comcat plays it", {"pull_ms", "gap_price_ms"}},
       {"What is printed", {"out"}}});
  absl::StatusOr<std::vector<Trace>> traces = chosen_traces();
  absl::Status status = traces.status();
  if (status.ok()) status = run(*traces, absl::GetFlag(FLAGS_out));
  if (status.ok()) return static_cast<int>(Exit::kStopped);
  return comcat::apps::fail(Exit::kUsage, std::string(status.message()));
}
