// The client's callback for captured sound allocates, locks and waits for nothing. A program of its
// own, because it stands in front of malloc and the locks.

#include <vector>

#include <gtest/gtest.h>

#include "comcat/client/capture.h"

#include "support/no_alloc.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using testing::NoAlloc;
using testing::RealtimeSins;

constexpr std::size_t kSizes[] = {480, 1, 1024, 333, 4096, 64};
constexpr RealtimeSins kNone{};

TEST(CaptureCallback, IsWithoutSinWhetherItsRingTakesTheSoundOrNot) {
  COMCAT_SKIP_IF_NOT_COUNTING();
  auto capture = Capture::create({}, [](const wire::VoicePacket&) {});
  ASSERT_TRUE(capture.ok());
  const std::vector<float> sound(4096, 0.1F);
  for (const bool muted : {false, true}) {
    (*capture)->set_muted(muted);
    const NoAlloc counting;
    for (int i = 0; i < 60; ++i) (*capture)->on_captured({sound.data(), kSizes[i % 6]});
    EXPECT_EQ(kNone, counting.sins());
  }
  EXPECT_GT((*capture)->stats().overflowed_blocks, 0U) << "the full ring was tried too";
}

}  // namespace
}  // namespace comcat::client
