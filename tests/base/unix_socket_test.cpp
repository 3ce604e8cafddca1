#include "comcat/base/unix_socket.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace comcat::base {
namespace {

namespace fs = std::filesystem;

class UnixSocket : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove_all(directory_); }
  static std::string why(const absl::StatusOr<FileDescriptor>& socket) {
    return std::string(socket.status().message());
  }

  std::string template_ = "/tmp/comcat-XXXXXX";  // a path of a socket is short
  const std::string directory_ = ::mkdtemp(template_.data());
  const std::string path_ = directory_ + "/socket";
};

TEST_F(UnixSocket, IsForItsOwnerAlone) {
  const auto listener = listen_on_unix_socket(path_);
  ASSERT_TRUE(listener.ok()) << listener.status();
  struct stat info {};
  ASSERT_EQ(0, ::lstat(path_.c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 07777U);
  const auto connection = connect_to_unix_socket(path_);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_TRUE(is_own_peer(connection->get()));
}

TEST_F(UnixSocket, OneThatNobodyListensOnGivesWay) {
  ASSERT_TRUE(listen_on_unix_socket(path_).ok());
  EXPECT_EQ("nobody listens there", why(connect_to_unix_socket(path_)));
  EXPECT_TRUE(listen_on_unix_socket(path_).ok());
}

TEST_F(UnixSocket, OneThatIsListenedOnStaysEvenWhileItsQueueIsFull) {
  const auto listener = listen_on_unix_socket(path_);
  EXPECT_EQ("another program listens there", why(listen_on_unix_socket(path_)));
  std::vector<FileDescriptor> waiting;
  for (;;) {
    auto connection = connect_to_unix_socket(path_);
    if (!connection.ok()) break;
    waiting.push_back(*std::move(connection));
  }
  EXPECT_EQ("too many wait there", why(connect_to_unix_socket(path_)));
  EXPECT_EQ("another program listens there", why(listen_on_unix_socket(path_)));
}

TEST_F(UnixSocket, WhateverElseIsThereIsLeftAlone) {
  std::ofstream(path_) << "precious";
  EXPECT_EQ("something else is there", why(listen_on_unix_socket(path_)));
  EXPECT_EQ("nobody listens there", why(connect_to_unix_socket(path_)));
  EXPECT_EQ(8U, fs::file_size(path_));
  const std::string link = directory_ + "/link";
  fs::create_symlink(directory_ + "/nothing", link);
  EXPECT_EQ("something else is there", why(listen_on_unix_socket(link)));
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST_F(UnixSocket, APathThatNoSocketCanHaveIsRefused) {
  EXPECT_EQ("a path has 1 to 107 bytes", why(listen_on_unix_socket(std::string(200, 'x'))));
  EXPECT_FALSE(listen_on_unix_socket(directory_ + "/nowhere/socket").ok());
  EXPECT_FALSE(listen_on_unix_socket("").ok());
  EXPECT_EQ("nobody listens there", why(connect_to_unix_socket(directory_ + "/nobody")));
}

}  // namespace
}  // namespace comcat::base
