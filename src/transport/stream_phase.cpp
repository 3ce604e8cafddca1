#include "comcat/transport/stream_phase.h"

namespace comcat::transport {
namespace {

using Phase = StreamPhase;

constexpr unsigned bit(Phase phase) {
  return 1U << static_cast<unsigned>(phase);
}

template <typename... Phases>
constexpr unsigned any_of(Phases... phases) {
  return (0U | ... | bit(phases));
}

struct Row {
  Phase from;
  unsigned to;
};

constexpr Row kTable[] = {
    {Phase::kWaiting, any_of(Phase::kConnecting, Phase::kClosed)},
    {Phase::kConnecting,
     any_of(Phase::kGreeting, Phase::kGivenUp, Phase::kHungUp, Phase::kWaiting, Phase::kClosed)},
    {Phase::kGreeting, any_of(Phase::kEstablished, Phase::kGivenUp, Phase::kForeign, Phase::kHungUp,
                              Phase::kWaiting, Phase::kClosed)},
    {Phase::kEstablished, any_of(Phase::kLeaving, Phase::kHungUp, Phase::kWaiting, Phase::kClosed)},
    {Phase::kLeaving, any_of(Phase::kGoodbye, Phase::kHungUp, Phase::kClosed)},
    {Phase::kGoodbye, any_of(Phase::kHungUp, Phase::kClosed)},
    {Phase::kGivenUp, any_of(Phase::kHungUp, Phase::kWaiting, Phase::kClosed)},
    {Phase::kForeign, any_of(Phase::kHungUp, Phase::kWaiting, Phase::kClosed)},
    {Phase::kHungUp, any_of(Phase::kClosed)},
    {Phase::kClosed, 0},
};

}  // namespace

bool may_follow(StreamPhase from, StreamPhase to) {
  for (const Row& row : kTable) {
    if (row.from == from) return (row.to & bit(to)) != 0;
  }
  return false;
}

}  // namespace comcat::transport
