#include "comcat/server/admin.h"

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "support/process.h"

namespace comcat::server {
namespace {

using Done = std::function<void(const AdminEndpoint::Answer&)>;

/// An endpoint whose answers are the test's to give, and somebody who has asked.
class Asked {
 public:
  Asked() {
    auto opened = AdminEndpoint::start(path_, [this](const std::string& words, Done its_done) {
      EXPECT_EQ("drain", words);
      done_.set_value(std::move(its_done));
    });
    EXPECT_TRUE(opened.ok()) << opened.status();
    endpoint = *std::move(opened);
    answer = std::async(std::launch::async, [this] { return ask_admin(path_, "drain"); });
    done = done_.get_future().get();
  }

 private:
  const testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.file("admin.sock");
  std::promise<Done> done_;

 public:
  std::unique_ptr<AdminEndpoint> endpoint;
  std::future<AdminEndpoint::Answer> answer;
  Done done;
};

TEST(AdminEndpoint, WhoAsksForTheEndIsAnsweredThoughTheEndBeginsBefore) {
  Asked asked;
  std::thread end([&] { asked.endpoint.reset(); });
  asked.done("everyone is told, and the server ends");
  end.join();
  const AdminEndpoint::Answer answer = asked.answer.get();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ("everyone is told, and the server ends", *answer);
}

TEST(AdminEndpoint, WhoWaitsForADiskThatDoesNotAnswerIsToldThatTheServerEnds) {
  Asked asked;
  asked.endpoint.reset();
  EXPECT_TRUE(absl::IsAborted(asked.answer.get().status()));
  asked.done("too late");
}

TEST(AdminEndpoint, WhoComesLaterIsAnsweredLikeWhoCameFirst) {
  const testing::TemporaryDirectory directory;
  const std::string path = directory.file("admin.sock");
  const auto endpoint = AdminEndpoint::start(
      path, [](const std::string& words, const Done& done) { done("of " + words); });
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  for (const std::string words : {"rooms", "who", "bans"}) {
    const AdminEndpoint::Answer answer = ask_admin(path, words);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ("of " + words, *answer);
  }
}

}  // namespace
}  // namespace comcat::server
