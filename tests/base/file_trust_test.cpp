#include "comcat/base/file_trust.h"

#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/secret.h"

namespace comcat::base {
namespace {

constexpr uid_t kNobody = 65534;

class FileTrust : public ::testing::Test {
 protected:
  void TearDown() override {
    ::unlink((directory_ + "/file").c_str());
    ::rmdir(directory_.c_str());
  }
  [[nodiscard]] std::string of_file(mode_t mode) const {
    ::fchmod(file_.get(), mode);
    return distrust(file_.get());
  }
  [[nodiscard]] std::string of_directory(mode_t mode) const {
    ::chmod(directory_.c_str(), mode);
    return distrust_directory(directory_);
  }

  std::string template_ = ::testing::TempDir() + "comcat-XXXXXX";
  const std::string directory_ = ::mkdtemp(template_.data());
  const FileDescriptor file_{::open((directory_ + "/file").c_str(), O_RDWR | O_CREAT, 0600)};
};

TEST_F(FileTrust, AFileOfOnesOwnIsBelieved) {
  EXPECT_EQ("", of_file(0600));
  EXPECT_EQ("", of_file(0644));
}

TEST_F(FileTrust, AFileThatOthersMayWriteIsNot) {
  EXPECT_EQ(0U, of_file(0666).find("others than its owner may write to it; "));
  EXPECT_NE(std::string::npos, of_file(0660).find("chmod go-w"));
}

TEST_F(FileTrust, AFileOfAnotherUserIsNot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_EQ(0, ::fchown(file_.get(), kNobody, kNobody));
  EXPECT_EQ(0U, of_file(0600).find("it belongs to another user (uid 65534); "));
}

TEST_F(FileTrust, ADirectoryWhereEveryonePutsFilesIsOnlyBelievedWhereEachKeepsHisOwn) {
  EXPECT_EQ("", of_directory(0755));
  EXPECT_EQ("", of_directory(0775)) << "a group is often its owner's alone";
  EXPECT_EQ(0U, of_directory(0777).find("everyone may put files there; "));
  EXPECT_EQ("", of_directory(01777)) << "as /tmp is";
  EXPECT_EQ("", distrust_directory(directory_ + "/none"));
}

TEST_F(FileTrust, APipeIsWhosesWhoNamedIt) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(0, ::pipe(ends));
  const FileDescriptor out(ends[1]);
  const FileDescriptor in(ends[0]);
  EXPECT_EQ("", distrust(in.get()));
}

TEST(Secret, IsOverwrittenWhereItStood) {
  std::string secret = "hunter2 and some more, so that it is on the heap";
  const char* const where = secret.data();
  const std::size_t size = secret.size();
  wipe(secret);
  EXPECT_EQ("", secret);
  EXPECT_EQ(where, secret.data());
  secret.resize(size);  // does not move it
  EXPECT_EQ(std::string(size, '\0'), secret);
}

TEST(Secret, IsInNoCoreDump) {
  const pid_t child = ::fork();
  if (child == 0) {
    keep_memory_private();
    ::_exit(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
  }
  int status = -1;
  ASSERT_EQ(child, ::waitpid(child, &status, 0));
  EXPECT_EQ(0, status);
}

}  // namespace
}  // namespace comcat::base
