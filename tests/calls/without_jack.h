#pragma once

#include <gtest/gtest.h>

#include "support/jack_rig.h"
#include "support/sanitizers.h"

/// Skips the test that it stands in where there can be no call through JACK.
#define SKIP_WITHOUT_JACK()                                                                        \
  if (kSanitized) {                                                                                \
    GTEST_SKIP() << "a sanitizer's programs are too slow for a sound card; see the other presets"; \
  }                                                                                                \
  if (JackRig::start(JackRig::Pace::kGoesOn) == nullptr) {                                         \
    GTEST_SKIP() << "no JACK server can be started here (is jackd2 installed?)";                   \
  }
