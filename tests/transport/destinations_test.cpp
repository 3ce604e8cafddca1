#include "comcat/transport/destinations.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

using ::testing::ElementsAre;

const std::string kPrint = "SHA256:" + std::string(43, 'a');

std::vector<std::string> round(Destinations& all) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < all.count(); ++i) {
    out.push_back(base::to_string(all.at().address));
    all.next();
  }
  return out;
}

TEST(Destinations, BeginsWithThoseThatTheUserNamedInTheirOrder) {
  Destinations all({{"a", 1}, {"b", 2}}, true);
  EXPECT_THAT(round(all), ElementsAre("a:1", "b:2"));
  EXPECT_FALSE(all.knows_others());
}

TEST(Destinations, OthersAreOfUseWhereTheyShowWhatTheyAreAsThisStreamDoes) {
  const std::vector<wire::OtherServer> told{
      {"b:2", kPrint}, {"c:3", ""}, {"d:4", "SHA256:short"}, {"e e:5", kPrint}, {"f:0", kPrint}};
  Destinations with_tls({{"a", 1}}, true);
  with_tls.reached(told);
  with_tls.lost(false);
  EXPECT_THAT(round(with_tls), ElementsAre("a:1", "b:2"));
  Destinations without({{"a", 1}}, false);
  without.reached(told);
  without.lost(false);
  EXPECT_THAT(round(without), ElementsAre("a:1", "c:3"));
}

TEST(Destinations, WhomTheUserNamedIsTrustedAsTheUserWantsWhateverIsTold) {
  Destinations all({{"a", 1}, {"b", 2}}, true);
  all.reached({{"b:2", kPrint}, {"c:3", kPrint}});
  all.lost(true);
  EXPECT_EQ("", all.at().fingerprint);
  EXPECT_TRUE(all.may_have_key()) << "it is of the cluster";
  EXPECT_THAT(round(all), ElementsAre("b:2", "c:3", "a:1"));
}

TEST(Destinations, NoServerOfAnotherClusterIsShownTheKey) {
  Destinations all({{"a", 1}, {"b", 2}}, true);
  all.reached({{"c:3", kPrint}});
  all.lost(false);
  EXPECT_TRUE(all.may_have_key());
  all.next();
  EXPECT_EQ(kPrint, all.at().fingerprint);
  EXPECT_TRUE(all.may_have_key());
  all.next();
  EXPECT_FALSE(all.may_have_key());
}

TEST(Destinations, WhoIsDroppedComesAgainAfterTheNextLoss) {
  Destinations all({{"a", 1}}, true);
  all.reached({{"b:2", kPrint}});
  all.lost(false);
  EXPECT_TRUE(all.drop());
  EXPECT_FALSE(all.drop());
  EXPECT_THAT(round(all), ElementsAre("b:2"));
  all.reached({{"a:1", kPrint}});
  all.lost(false);
  EXPECT_THAT(round(all), ElementsAre("b:2", "a:1"));
}

}  // namespace
}  // namespace comcat::transport
