#include "comcat/cluster/record_exchange.h"

#include <algorithm>
#include <utility>

namespace comcat::cluster {

bool RecordExchange::hear(wire::NodeNumber node, std::uint64_t theirs, std::uint64_t ours,
                          base::Time now) {
  Peer& peer = peers_[node];
  if (theirs == ours) {
    peer.differs = false;
    peer.wait = kAskAgain;
    return false;
  }
  const bool again = std::exchange(peer.differs, true);
  if (!again || now < peer.ask_at) return false;
  peer.ask_at = now + peer.wait;
  peer.wait = std::min(2 * peer.wait, kAskAtLast);
  return true;
}

bool RecordExchange::may_answer(wire::NodeNumber node, base::Time now) {
  Peer& peer = peers_[node];
  if (now < peer.answer_at) return false;
  peer.answer_at = now + kAnswerAgain;
  return true;
}

}  // namespace comcat::cluster
