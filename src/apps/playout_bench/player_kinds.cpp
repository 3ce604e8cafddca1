#include "playout_bench/player.h"

namespace comcat::bench {

std::vector<PlayerKind> player_kinds(const ComcatSettings& settings) {
  return {
      {"comcat", [settings] { return make_comcat_player(settings); }},
      {"speex", make_speex_player},
      {"neteq", make_neteq_player},
  };
}

}  // namespace comcat::bench
