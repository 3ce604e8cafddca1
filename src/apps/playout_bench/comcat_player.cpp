#include "comcat/playout/mixer.h"

#include "playout_bench/player.h"

namespace comcat::bench {
namespace {

class ComcatPlayer final : public Player {
 public:
  explicit ComcatPlayer(const ComcatSettings& settings)
      : pull_samples_(settings.pull_samples), mixer_(settings.options) {}

  void insert(const Flight& flight, std::string_view opus, Micros now) override {
    mixer_.insert({.speaker = kSpeaker,
                   .sequence = flight.sequence,
                   .timestamp = flight.timestamp,
                   .payload = std::string(opus)},
                  base::Time{now});
  }

  [[nodiscard]] std::size_t pull_samples() const override { return pull_samples_; }

  Played pull(std::span<float> out, Micros now) override {
    mixer_.pull(out, base::Time{now});
    const auto all = mixer_.stats();
    const auto found = all.find(kSpeaker);
    if (found == all.end()) {
      before_ = {};
      return {};
    }
    const playout::PlayoutStats& stats = found->second;
    const Played played{.timestamp = stats.timestamp,
                        .target = stats.target_delay,
                        .stretched_samples = stats.expanded_samples - before_.expanded_samples +
                                             stats.accelerated_samples -
                                             before_.accelerated_samples};
    before_ = stats;
    return played;
  }

 private:
  static constexpr wire::SessionNumber kSpeaker = 1;
  const std::size_t pull_samples_;
  playout::Mixer mixer_;
  playout::PlayoutStats before_;
};

}  // namespace

std::unique_ptr<Player> make_comcat_player(const ComcatSettings& settings) {
  return std::make_unique<ComcatPlayer>(settings);
}

}  // namespace comcat::bench
