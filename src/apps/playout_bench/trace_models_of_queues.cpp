// Networks whose delay has a memory: queues, base stations, cells.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "playout_bench/trace_building.h"

namespace comcat::bench {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Random = std::mt19937_64;

double seconds(Micros duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Times at which the network holds everything up until it is over.
class Outages {
 public:
  struct Range {
    double least;
    double most;
  };
  Outages(Random& random, Range apart_s, Range length_ms)
      : random_(random),
        apart_ms_(1000 * apart_s.least, 1000 * apart_s.most),
        length_ms_(length_ms.least, length_ms.most) {
    draw(5s);
  }

  /// When what was held up came, so far.
  [[nodiscard]] const std::vector<Micros>& ends() const { return ends_; }

  /// How long what is sent at `sent` has to wait.
  double wait_ms(Micros sent) {
    if (sent >= end_) ends_.push_back(end_ + kBase);
    if (sent >= end_) draw(end_ + micros(apart_ms_(random_)));
    return sent < begin_ ? 0 : 1000 * seconds(end_ - sent);
  }

 private:
  void draw(Micros begin) {
    begin_ = begin;
    end_ = begin + micros(length_ms_(random_));
  }

  Random& random_;
  std::uniform_real_distribution<double> apart_ms_;
  std::uniform_real_distribution<double> length_ms_;
  Micros begin_{0};
  Micros end_{0};
  std::vector<Micros> ends_;
};

/// A queue whose rate of growth is drawn anew each 0.5-3 s.
class WanderingQueue {
 public:
  WanderingQueue(Random& random, double most_ms, double most_ms_per_s)
      : random_(random), most_ms_(most_ms), slope_(-most_ms_per_s, most_ms_per_s) {}

  double wait_ms(Micros sent) {
    if (sent >= until_) {
      until_ = sent + micros(1000 * std::uniform_real_distribution<double>(0.5, 3)(random_));
      ms_per_s_ = slope_(random_);
    }
    now_ms_ = std::clamp(now_ms_ + ms_per_s_ * seconds(sent - before_), 0.0, most_ms_);
    before_ = sent;
    return now_ms_;
  }

 private:
  Random& random_;
  const double most_ms_;
  std::uniform_real_distribution<double> slope_;
  Micros before_{0};
  Micros until_{0};
  double ms_per_s_ = 0;
  double now_ms_ = 0;
};

/// A cell: a load that wanders, grants each 10 ms, radio frames that are sent again, handovers.
class Cell {
 public:
  explicit Cell(Random& random)
      : random_(random), load_(random, 120, 60), handovers_(random, {15, 40}, {80, 300}) {}

  double wait_ms(Micros sent) {
    const double grant_ms = 10 * any_(random_);
    const double again_ms = any_(random_) < 0.1 ? 8 : 0;
    return std::max(load_.wait_ms(sent) + grant_ms + again_ms, handovers_.wait_ms(sent));
  }

 private:
  Random& random_;
  WanderingQueue load_;
  Outages handovers_;
  std::uniform_real_distribution<double> any_{0, 1};
};

}  // namespace

Trace growing_queue(std::uint64_t seed) {
  constexpr double kPeriodS = 10;
  Random random(seed);
  std::uniform_real_distribution<double> jitter(0, 2);
  return carry(speak("growing", 120s, seed), true, [&](const Flight& flight) {
    const double at_s = std::fmod(seconds(flight.sent), kPeriodS);
    return std::clamp(std::min(80 * at_s, 400 - 120 * (at_s - 5)), 0.0, 400.0) + jitter(random);
  });
}

Trace random_queues(std::uint64_t seed) {
  Random random(seed);
  WanderingQueue queue(random, 400, 150);
  std::exponential_distribution<double> jitter(1.0 / 3);
  return carry(speak("queues", 120s, seed), true,
               [&](const Flight& flight) { return queue.wait_ms(flight.sent) + jitter(random); });
}

Trace blackouts(std::uint64_t seed) {
  Random random(seed);
  Outages blackout(random, {12, 20}, {1200, 1200});
  std::gamma_distribution<double> jitter(2, 2);
  Trace trace = carry(speak("blackout", 120s, seed), true, [&](const Flight& flight) {
    return std::max(blackout.wait_ms(flight.sent), jitter(random));
  });
  trace.stalls = blackout.ends();
  return trace;
}

Trace mobile(std::uint64_t seed) {
  constexpr double kEnd = 1.0 / 2;
  constexpr double kBegin = 0.01 * kEnd / 0.99;
  Random random(seed);
  Cell cell(random);
  std::uniform_real_distribution<double> any(0, 1);
  bool bad = false;
  return carry(speak("mobile", 120s, seed, {.expected_loss_percent = 1}), true,
               [&](const Flight& flight) {
                 const double wait_ms = cell.wait_ms(flight.sent);
                 bad = any(random) < (bad ? 1 - kEnd : kBegin);
                 return bad ? -1 : wait_ms;
               });
}

Trace mobile_tcp(std::uint64_t seed) {
  Random random(seed);
  Cell cell(random);
  Outages losses(random, {5, 30}, {120, 250});
  return carry(speak("mobiletcp", 120s, seed), true, [&](const Flight& flight) {
    return std::max(cell.wait_ms(flight.sent), losses.wait_ms(flight.sent));
  });
}

}  // namespace comcat::bench
