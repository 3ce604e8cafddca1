#include "comcat/base/private_file.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace comcat::base {
namespace {

namespace fs = std::filesystem;

class PrivateFile : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove_all(directory_); }

  std::string template_ = ::testing::TempDir() + "comcat-XXXXXX";
  const std::string directory_ = ::mkdtemp(template_.data());
  const std::string path_ = directory_ + "/deep/state/file";
};

TEST_F(PrivateFile, ThatIsNotThereIsNothing) {
  const auto text = read_private_file(path_, 100);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_FALSE(text->has_value());
}

TEST_F(PrivateFile, IsWrittenForItsOwnerAloneAndReadAgain) {
  ASSERT_TRUE(replace_private_file(path_, "one").ok());
  ASSERT_TRUE(replace_private_file(path_, "two").ok());
  struct stat info {};
  ASSERT_EQ(0, ::stat(path_.c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 07777U);
  EXPECT_EQ("two", read_private_file(path_, 100)->value());
  EXPECT_EQ(1, std::distance(fs::directory_iterator(directory_ + "/deep/state"), {}));
}

TEST_F(PrivateFile, IsCreatedOnlyWhereThereIsNone) {
  ASSERT_TRUE(create_private_file(path_, "one").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(create_private_file(path_, "two")));
  EXPECT_EQ("one", read_private_file(path_, 100)->value());
  EXPECT_EQ(1, std::distance(fs::directory_iterator(directory_ + "/deep/state"), {}));
}

TEST_F(PrivateFile, LargerThanItMayBeIsNotRead) {
  ASSERT_TRUE(replace_private_file(path_, std::string(1025, 'x')).ok());
  const auto text = read_private_file(path_, 1024);
  EXPECT_TRUE(absl::IsResourceExhausted(text.status()));
  EXPECT_EQ(path_ + " is larger than 1 KiB", text.status().message());
}

TEST_F(PrivateFile, ThatOthersMayWriteToIsNotRead) {
  ASSERT_TRUE(replace_private_file(path_, "one").ok());
  fs::permissions(path_, fs::perms::others_write, fs::perm_options::add);
  EXPECT_TRUE(absl::IsPermissionDenied(read_private_file(path_, 100).status()));
}

TEST_F(PrivateFile, InADirectoryOfEverybodysIsNeitherReadNorWritten) {
  ASSERT_TRUE(replace_private_file(path_, "one").ok());
  fs::permissions(directory_ + "/deep/state", fs::perms::others_write, fs::perm_options::add);
  EXPECT_TRUE(absl::IsPermissionDenied(read_private_file(path_, 100).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(replace_private_file(path_, "two")));
}

}  // namespace
}  // namespace comcat::base
