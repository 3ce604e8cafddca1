#include "comcat/server/participant.h"

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

TEST(Participant, IsToldToOthersAsItIs) {
  Participant who;
  who.number = 7;
  who.id = "id";
  who.muted = true;
  who.deafened = true;
  who.set_name("Ân");
  const wire::Member member = who.member();
  EXPECT_EQ(7U, member.session);
  EXPECT_EQ("id", member.id);
  EXPECT_EQ("Ân", member.name);
  EXPECT_TRUE(member.muted);
  EXPECT_TRUE(member.deafened);
}

TEST(Participant, TwoWhoseNamesPeopleTakeForOneHaveOneKey) {
  Participant an;
  Participant other;
  an.set_name("\u00C2n");
  other.set_name("a\u0302N");
  EXPECT_NE(an.name, other.name);
  EXPECT_EQ(an.name_key, other.name_key);
}

}  // namespace
}  // namespace comcat::server
