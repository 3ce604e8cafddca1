#include "comcat/voice/chain.h"

#include "voice/activity.h"
#include "voice/cleaner.h"
#include "voice/leveller.h"
#include "voice/reduction.h"

namespace comcat::voice {

struct Chain::Stages {
  Settings settings;
  std::unique_ptr<Cleaner> cleaner;
  std::unique_ptr<Activity> activity;
  std::unique_ptr<Leveller> leveller;
  Reduction reduction;
};

Chain::Chain() : it_(std::make_unique<Stages>()) {}

Chain::~Chain() = default;

void Chain::configure(const Settings& settings, bool judges) {
  const bool cleans = settings.echo || settings.noise != Noise::kOff;
  if (!cleans) it_->cleaner.reset();
  if (cleans && it_->cleaner) it_->cleaner->configure(settings.echo, settings.noise);
  if (cleans && !it_->cleaner) {
    it_->cleaner = std::make_unique<Cleaner>(settings.echo, settings.noise);
  }
  const bool needs_activity = judges || cleans || settings.gain.adaptive;
  if (!needs_activity) it_->activity.reset();
  if (needs_activity && !it_->activity) it_->activity = std::make_unique<Activity>();
  if (!settings.gain.on()) it_->leveller.reset();
  if (settings.gain.on() && it_->leveller) it_->leveller->configure(settings.gain);
  if (settings.gain.on() && !it_->leveller) {
    it_->leveller = std::make_unique<Leveller>(settings.gain);
  }
  if (settings.echo != it_->settings.echo || settings.noise != it_->settings.noise) {
    it_->reduction = {};
  }
  it_->settings = settings;
}

void Chain::process(Moment& moment) {
  const double before = power_of(moment.near);
  if (it_->cleaner) it_->cleaner->process(moment);
  const double after = power_of(moment.near);
  if (it_->activity) it_->activity->process(moment);
  if (it_->cleaner) it_->reduction.take(before, after, moment);
  if (it_->leveller) it_->leveller->process(moment);
}

bool Chain::on() const {
  return it_->cleaner || it_->activity || it_->leveller;
}

Chain::Figures Chain::figures() const {
  Figures out;
  if (it_->settings.echo) out.echo_removed_db = it_->reduction.of_echo_db();
  if (it_->settings.noise != Noise::kOff) out.noise_removed_db = it_->reduction.of_noise_db();
  if (it_->cleaner) out.delay = it_->cleaner->delay();
  return out;
}

}  // namespace comcat::voice
