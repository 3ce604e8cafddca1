// Texts that are kept, over real streams, on a disk that does as the test says.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/store/journal.h"

#include "server/stage.h"
#include "support/caller.h"
#include "support/faulty_disk.h"
#include "support/process.h"

namespace comcat::server {
namespace {

using comcat::testing::FaultyDisk;
using comcat::testing::TemporaryDirectory;
using Client = comcat::testing::Caller;

/// A shard whose texts are kept by a journal.
class KeptTextsStream : public ::testing::Test {
 protected:
  KeptTextsStream() {
    store::JournalOptions kept;
    kept.directory = directory_.path();
    auto opened = store::Journal::open(kept);
    EXPECT_TRUE(opened.ok()) << opened.status();
    journal_ = *std::move(opened);
    Stage::Options options;
    options.hub.keeper = journal_.get();
    options.hub.caller.conduct.max_frames_per_second = 10'000;
    stage_ = std::make_unique<Stage>(options);
    journal_->start([this](std::vector<store::Answer> answers) {
      stage_->shard().post([this, answers = std::move(answers)]() mutable {
        stage_->shard().hub().take(std::move(answers), stage_->shard().now());
      });
    });
  }
  ~KeptTextsStream() override {
    disk_.set_stuck(false);
    stage_->stop();
    journal_.reset();
  }
  static bool say(Client& client, std::uint64_t trace_id, const std::string& text) {
    ClientREQ say;
    say.mutable_command()->set_trace_id(trace_id);
    say.mutable_command()->mutable_say()->set_text(text);
    return client.send(say);
  }
  static Client::Match answers(std::uint64_t trace_id) {
    return [trace_id](const ServerRES& r) {
      return r.has_outcome() && r.outcome().trace_id() == trace_id;
    };
  }

  FaultyDisk disk_;
  TemporaryDirectory directory_;
  std::unique_ptr<store::Journal> journal_;
  std::unique_ptr<Stage> stage_;
};

TEST_F(KeptTextsStream, ADiskThatTakesForEverDelaysTextsAndNoVoice) {
  Client an({.port = stage_->port()});
  Client binh({.port = stage_->port()});
  ASSERT_TRUE(an.hello("an") && binh.hello("binh"));
  disk_.set_stuck(true);
  ASSERT_TRUE(say(an, 1, "hello"));
  ASSERT_TRUE(disk_.wait_until_stuck());
  for (unsigned i = 1; i <= 50; ++i) {
    ASSERT_TRUE(an.send_voice("opus", i));
    ASSERT_TRUE(binh.wait_for_voice()) << i;
  }
  disk_.set_stuck(false);
  const auto answer = an.wait_for(answers(1));
  ASSERT_TRUE(answer);
  EXPECT_EQ(0U, answer->outcome().status());
}

TEST_F(KeptTextsStream, WhoHalfClosesWaitsForTheDisk) {
  Client an({.port = stage_->port()});
  ASSERT_TRUE(an.hello("an"));
  disk_.set_stuck(true);
  ASSERT_TRUE(say(an, 1, "bye"));
  ASSERT_TRUE(disk_.wait_until_stuck());
  an.stop_sending();
  ASSERT_TRUE(stage_->await([&] { return stage_->shard().admission().slots().free() == 100; }));
  disk_.set_stuck(false);
  EXPECT_TRUE(an.wait_for(answers(1)));
  EXPECT_TRUE(an.status().ok());
}

}  // namespace
}  // namespace comcat::server
