#include <array>

#include "playout_bench/player.h"

namespace comcat::bench {

std::span<const PlayerKind> player_kinds() {
  static constexpr std::array kKinds{
      PlayerKind{"comcat", make_comcat_player},
      PlayerKind{"speex", make_speex_player},
#ifdef COMCAT_NETEQ
      PlayerKind{"neteq", make_neteq_player},
#endif
  };
  return kKinds;
}

}  // namespace comcat::bench
