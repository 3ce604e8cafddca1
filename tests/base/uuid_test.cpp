#include "comcat/base/uuid.h"

#include <gtest/gtest.h>

namespace comcat::base {
namespace {

TEST(Uuid, IsVersionFourAndNeverTheSame) {
  const std::string uuid = make_uuid();
  ASSERT_EQ(36U, uuid.size());
  EXPECT_EQ('4', uuid[14]);
  EXPECT_NE(std::string::npos, std::string("89ab").find(uuid[19]));
  EXPECT_NE(uuid, make_uuid());
}

}  // namespace
}  // namespace comcat::base
