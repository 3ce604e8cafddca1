#pragma once

#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <numbers>
#include <optional>
#include <random>
#include <vector>

namespace comcat::server {

/// The level in -dBov of the frame that somebody sends at a time since the start; nothing: none.
using Talker = std::function<std::optional<double>(std::chrono::milliseconds)>;

/// NameClaims the same all the time.
inline Talker constant(double dbov) {
  return [=](std::chrono::milliseconds) { return dbov; };
}
/// The loudest there is, but for one silent frame in each `period`.
inline Talker dipping(std::chrono::milliseconds period, std::chrono::milliseconds phase) {
  return [=](std::chrono::milliseconds t) {
    return (t + phase) % period < std::chrono::milliseconds(20) ? 127.0 : 0.0;
  };
}
/// The loudest there is for every other `time`.
inline Talker alternating(std::chrono::milliseconds time, std::chrono::milliseconds phase) {
  return [=](std::chrono::milliseconds t) { return (t + phase) / time % 2 == 0 ? 0.0 : 50.0; };
}

/// Of the crew `crew` of `crews`, who take turns of 12 s in talking as speech falls, from 0.
inline Talker relaying(int crew, int crews) {
  return [=](std::chrono::milliseconds t) -> std::optional<double> {
    if (t / std::chrono::seconds(12) % crews != crew) return std::nullopt;
    return t % std::chrono::milliseconds(400) < std::chrono::milliseconds(60) ? 40.0 : 0.0;
  };
}

/// People of whom one talks and then another, in turns of `shortest` to `longest` with a pause of
/// 0.2 to 1 s after each, four syllables a second; and who now and then fall in with a few words.
/// Nothing is sent by who is silent. Times are asked for in order.
class Discussion {
 public:
  struct Manner {
    std::size_t people = 2;
    std::chrono::milliseconds shortest{1000};
    std::chrono::milliseconds longest{4000};
    double fall_in = 0;  // chance in each of the others' turns
  };

  Discussion(Manner manner, unsigned seed)
      : manner_(manner), random_(seed), talks_(manner.people) {}

  [[nodiscard]] std::optional<double> level(std::size_t who, std::chrono::milliseconds t) {
    while (t >= next_turn_) begin_turn();
    const Talk& talk = talks_[who];
    if (t < talk.begins || t >= talk.ends) return std::nullopt;
    const double phase =
        2 * std::numbers::pi * 0.004 * static_cast<double>((t - talk.begins).count());
    return talk.dbov + 10 * (1 - std::cos(phase)) + between(-3, 3);
  }

 private:
  struct Talk {
    std::chrono::milliseconds begins{0};
    std::chrono::milliseconds ends{0};
    double dbov = 20;
  };

  double between(double from, double to) {
    return std::uniform_real_distribution(from, to)(random_);
  }
  std::chrono::milliseconds time_between(std::chrono::milliseconds from,
                                         std::chrono::milliseconds to) {
    return std::chrono::milliseconds(static_cast<int>(
        between(static_cast<double>(from.count()), static_cast<double>(to.count()))));
  }
  void begin_turn() {
    using std::chrono::milliseconds;
    if (manner_.people > 1) {
      speaker_ = (speaker_ + 1 + random_() % (manner_.people - 1)) % manner_.people;
    }
    const milliseconds length = time_between(manner_.shortest, manner_.longest);
    talks_[speaker_] = {next_turn_, next_turn_ + length, between(15, 30)};
    for (std::size_t i = 0; i < talks_.size(); ++i) {
      if (i == speaker_ || between(0, 1) >= manner_.fall_in) continue;
      const milliseconds begins = next_turn_ + time_between(milliseconds(0), length);
      talks_[i] = {begins, begins + time_between(milliseconds(300), milliseconds(1200)),
                   between(15, 30)};
    }
    next_turn_ += length + time_between(milliseconds(200), milliseconds(1000));
  }

  const Manner manner_;
  std::mt19937 random_;
  std::vector<Talk> talks_;
  std::size_t speaker_ = 0;
  std::chrono::milliseconds next_turn_{0};
};

/// One of a discussion, which all who are made of it share.
inline Talker one_of(std::shared_ptr<Discussion> discussion, std::size_t who) {
  return [=](std::chrono::milliseconds t) { return discussion->level(who, t); };
}

}  // namespace comcat::server
