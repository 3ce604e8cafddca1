// A sound file that is spoken into the call.

#include "comcat/client/file_player.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "comcat/audio/sound_writer.h"
#include "comcat/base/event.h"
#include "comcat/client/capture_chain.h"
#include "comcat/codec/decoder.h"

#include "client/session_fixtures.h"
#include "support/process.h"
#include "support/tone.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::tone;

constexpr std::size_t kBlock = audio::kBlockSamples;
constexpr auto kPatience = 20s;

class AFile : public ::testing::Test {
 protected:
  /// A tone of `samples`, half of full scale.
  std::string file(std::size_t samples, const std::string& name = "tone.wav") {
    const std::string path = directory_.file(name);
    auto writer = audio::SoundWriter::create(path);
    EXPECT_TRUE(writer.ok());
    EXPECT_TRUE(writer->write(tone(440, 0.5, samples, 0)).ok());
    EXPECT_TRUE(writer->finish().ok());
    return path;
  }
  absl::Status play(const std::string& path, bool over = false) {
    return player_.start(path, over, [this](const absl::Status&) { ended_.set(); });
  }
  /// What is spoken until the file has been, `size` samples at a time over a microphone that hears
  /// `level`; silence that the reading thread was not in time for is left out.
  std::vector<float> speak(std::size_t size, float level = 0, bool heard = true) {
    std::vector<float> out;
    const base::Time end = base::steady_now() + kPatience;
    for (;;) {
      std::vector<float> voice(size, level);
      if (!player_.play_into(voice, heard)) return out;
      if (voice != std::vector<float>(size, level) && voice != std::vector<float>(size, 0)) {
        out.insert(out.end(), voice.begin(), voice.end());
      } else if (base::steady_now() > end) {
        ADD_FAILURE() << "it never ends";
        return out;
      }
    }
  }

  const testing::TemporaryDirectory directory_;
  base::Event ended_;
  FilePlayer player_;
};

TEST_F(AFile, IsSpokenWholeAndItsEndIsTold) {
  constexpr std::size_t kSamples = 60 * kBlock + 7;
  ASSERT_TRUE(play(file(kSamples)).ok());
  const std::vector<float> spoken = speak(120);
  EXPECT_GE(spoken.size(), kSamples);
  EXPECT_LT(spoken.size(), kSamples + 120);
  const std::vector<float> expected = tone(440, 0.5, kSamples, 0);
  for (std::size_t i = 0; i < kSamples; ++i) ASSERT_NEAR(expected[i], spoken[i], 1e-3) << i;
  EXPECT_TRUE(ended_.wait_for(kPatience));
  EXPECT_FALSE(player_.stop()) << "it is over";
}

TEST_F(AFile, IsSpokenInsteadOfTheMicrophoneOrOverIt) {
  ASSERT_TRUE(play(file(20 * kBlock), /*over=*/true).ok());
  const std::vector<float> over = speak(kBlock, 0.25F);
  ASSERT_GE(over.size(), 20 * kBlock);
  EXPECT_NEAR(0.25F, over[0], 1e-3) << "a sine begins at 0";
  ASSERT_TRUE(play(file(20 * kBlock, "again.wav"), /*over=*/true).ok());
  const std::vector<float> unheard = speak(kBlock, 0.25F, /*heard=*/false);
  EXPECT_NEAR(0, unheard[0], 1e-3) << "nobody is to hear the microphone";
}

TEST_F(AFile, ThatIsNoneLeavesTheOneThatPlays) {
  EXPECT_FALSE(player_.stop());
  ASSERT_TRUE(play(file(1000 * kBlock)).ok());
  EXPECT_THAT(play(directory_.file("nothing.wav")).message(), HasSubstr("nothing.wav"));
  std::vector<float> voice(kBlock, 0.25F);
  EXPECT_TRUE(player_.play_into(voice, true));
  EXPECT_TRUE(player_.stop());
  EXPECT_FALSE(player_.play_into(voice, true));
  EXPECT_FALSE(ended_.is_set()) << "it was stopped, and has not ended";
}

TEST_F(AFile, IsHeardThoughOneHushesAndNothingOfTheMicrophoneIs) {
  VoiceStages stages;
  ASSERT_TRUE(stages.change({{}, {}, {}, Activation::kPush}).ok());
  std::size_t sent = 0;
  CaptureChain chain(*codec::Encoder::create({}), stages,
                     [&](const wire::VoicePacket& packet) { sent += packet.duration_samples; });
  CapturedBlock block;
  const auto hear = [&](int blocks) {
    for (int i = 0; i < blocks; ++i, block.position += kBlock) {
      std::ranges::copy(tone(220, 0.5, kBlock, block.position), block.samples.begin());
      chain.take(block, false);
    }
  };
  hear(20);
  EXPECT_EQ(0U, sent);
  ASSERT_TRUE(chain.player().start(file(10 * kBlock), false, [](const absl::Status&) {}).ok());
  hear(4);
  EXPECT_EQ(4 * kBlock, sent) << "and not what the microphone heard before";
  EXPECT_TRUE(chain.player().stop());
  hear(20);
  EXPECT_EQ(4 * kBlock, sent);
}

TEST_F(AFile, IsSentWholeThoughPausesOfTheMicrophoneAreNot) {
  const std::string path = directory_.file("pause.wav");
  auto writer = audio::SoundWriter::create(path);
  ASSERT_TRUE(writer.ok() && writer->write(std::vector<float>(100 * kBlock)).ok() &&
              writer->finish().ok());
  VoiceStages stages;
  ASSERT_TRUE(stages.change({{}, {}, {}, Activation::kVoice}).ok());
  std::size_t sent = 0;
  CaptureChain chain(*codec::Encoder::create({}), stages,
                     [&](const wire::VoicePacket& packet) { sent += packet.duration_samples; });
  ASSERT_TRUE(chain.player().start(path, false, [](const absl::Status&) {}).ok());
  CapturedBlock block;
  for (int i = 0; i < 60; ++i, block.position += kBlock) chain.take(block, false);
  EXPECT_EQ(60 * kBlock, sent);
}

TEST_F(InACall, PlayTellsWhatIsPlayedAndWhenItHasBeen) {
  type("play off");
  type("play some song.wav");
  EXPECT_EQ("some song.wav", world_.playing);
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("nothing is being played", "you play some song.wav to the room"));
  session_.on_played(1, absl::OkStatus());
  EXPECT_THAT(world_.take_texts(), ElementsAre("some song.wav has been played"));
  session_.on_played(1, absl::OkStatus());
  type("mute");
  world_.take_texts();
  type("play a.wav");
  type("play off");
  EXPECT_EQ("", world_.playing);
  session_.on_played(2, absl::OkStatus());  // had been on its way
  EXPECT_THAT(world_.take_texts(), ElementsAre("you play a.wav to the room, but you are muted",
                                               "you play a.wav no longer"));
  world_.disk = absl::NotFoundError("there is no file b.wav");
  type("play b.wav");
  EXPECT_THAT(world_.take_texts(), ElementsAre("there is no file b.wav"));
}

}  // namespace
}  // namespace comcat::client
