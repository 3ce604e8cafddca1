#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "comcat/playout/micros.h"
#include "comcat/playout/playout_options.h"

namespace comcat::playout {

/// What is known of one speaker's playout at one moment.
struct Situation {
  /// The packet that waits first.
  struct First {
    std::int64_t gap_samples = 0;      // its timestamp less the end of what was decoded
    std::int64_t missing_packets = 0;  // before it
    std::size_t samples = 960;
    Micros delay{0};       // of its first sample, were it played now
    bool has_fec = false;  // of the packet before it
  };
  std::optional<First> first;
  bool heard_before = false;         // something was decoded, so gap_samples means something
  Micros target{0};                  // what packets should wait
  Micros usual{0};                   // a packet that is later than this may not come in time
  Micros delay{0};                   // of the sample that plays next
  Micros next_delay{0};              // of the sample that follows on all that is decoded
  std::size_t queued_samples = 0;    // decoded and not played
  std::size_t packet_samples = 960;  // of the packet that was decoded last
  std::size_t pull_samples = 480;    // what is asked for at a time
  Micros due{0};                     // when this pull is, since any origin
  bool quiet = false;                // what plays next is hardly heard
  bool faded = false;                // a gap has gone on until it is silent
};

/// What is to be done next, and what it turned out that the wait until now has been.
struct Order {
  enum class Operation {
    kPlay,        // the block is whole: nothing more in this pull
    kWait,        // no spurt is on: what is left of the last one plays, then silence
    kThrowAway,   // the first packet is too late
    kSkip,        // so were those before: go on at the packet that is first now
    kBegin,       // a spurt: decode the first packet
    kDecode,      // the first packet
    kRecover,     // what is missing before the first packet: `samples` of invention, then
                  // `fec_samples` of its FEC, then the packet itself
    kConceal,     // nothing is here: `samples` of invention
    kAccelerate,  // leave out at most `samples`
    kExpand,      // say again at most `samples`
    kEnd,         // the spurt: fade to silence
  };
  Operation operation = Operation::kPlay;
  std::size_t samples = 0;
  std::size_t fec_samples = 0;
  float least_match = 0;              // of a splice, see time_stretch.h
  std::int64_t lost_packets = 0;      // now known to be lost
  std::size_t concealed_samples = 0;  // now known to stand for speech
};

/// How long what is first in the queue should have waited: the target, and what pulls and packets
/// add, whose rhythms differ. A packet is needed as long before its first sample is played as will
/// still wait in the queue then. REQUIRES that pulls are of some samples.
[[nodiscard]] Micros aim(Micros target, std::size_t queued_samples, std::size_t packet_samples,
                         std::size_t pull_samples);

/// What a speaker's playout does with each pull, decided from delays, counts and
/// timestamps alone; it knows no sound. (NetEq's DecisionLogic. Execution is the other half.)
///
/// Between spurts there is only the choice of when to begin: a spurt begins when its first packet
/// has waited for the target. Within a spurt each pull, in this order,
///   - throws away what is hopelessly late (more than `outage` above the greatest delay), and with
///     it what comes right behind it: an outage's packets may come over several pulls, of
///     which a sink that was suspended itself makes many at once,
///   - compares the delay with its target and takes out or repeats a little, more where it is quiet
///     and where the difference is large,
///   - when the next packet is overdue and the samples run out, repeats a little too: that gains
///     the time in which it often comes; not where it is quiet and the speaker rather pauses,
///   - decodes. A packet that is missing while its successor is here is lost: FEC or concealment
///     fills exactly its time. Where nothing is here, concealment fills the block and playing goes
///     on later where it stopped, so a stall costs no words; after 100 ms it has faded and the
///     spurt is over.
///
/// A timestamp that jumps while the sequence does not is silence (DTX): nothing is lost or
/// concealed, and the next spurt may begin at its best time.
///
/// Threads  one at a time.
class Decision {
 public:
  explicit Decision(const PlayoutOptions& options)
      : max_delay_(options.max_delay), too_late_(options.max_delay + options.outage) {}

  /// The next order of this pull; kPlay and kWait end it. Each is to be carried out and told of by
  /// done() before the next is asked for, from the situation as it is then.
  [[nodiscard]] Order next(const Situation& now);

  /// `order` has been carried out. `samples`: how many were decoded, left out or said again; 0
  /// where that could not be done.
  void done(const Order& order, std::size_t samples);

  /// The sender started again: no spurt is on, and nothing is waited for.
  void restart();

  /// A spurt is on.
  [[nodiscard]] bool talking() const { return talking_; }

 private:
  enum class Stage { kLate, kThrowingAway, kBegin, kPace, kGather, kCut, kBridge, kFill };

  [[nodiscard]] std::optional<Order> take_stage(const Situation& now);
  [[nodiscard]] std::optional<Order> throw_away(const Situation& now);
  [[nodiscard]] std::optional<Order> begin(const Situation& now);
  [[nodiscard]] std::optional<Order> pace(const Situation& now);
  void plan_cut(const Situation& now, Micros excess);
  [[nodiscard]] std::optional<Order> gather(const Situation& now);
  [[nodiscard]] std::optional<Order> bridge(const Situation& now);
  [[nodiscard]] Order fill(const Situation& now);
  [[nodiscard]] Order fill_gap(const Situation& now);
  [[nodiscard]] Order end_spurt();
  [[nodiscard]] std::size_t settle_wait(std::int64_t speech_samples);
  void settle_doubt(bool paused);

  const Micros max_delay_;
  const Micros too_late_;
  Stage stage_ = Stage::kLate;  // of this pull
  Order cut_;                   // wanted once enough is decoded
  bool talking_ = false;
  std::size_t waited_samples_ = 0;  // played since the next packet was due and was not here
  std::size_t idle_samples_ = 0;    // for which a packet has waited to begin a spurt
  Micros catching_up_until_ = Micros::min();  // what is above the greatest delay goes as well
  std::size_t since_stretch_samples_ = 0;
  std::size_t repeat_credit_samples_ = 0;  // may be said again while a packet is overdue
  bool in_doubt_ = false;  // a packet is overdue while it is quiet: late, or a pause
  int pauses_ = 0;         // how much oftener such turned out to be a pause, lately
};

}  // namespace comcat::playout
