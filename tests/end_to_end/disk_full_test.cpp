// Disks that are really full: a file system of one page, which the programs are started on.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/client_process.h"
#include "support/server_process.h"
#include "support/tiny_disk.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kFull = "No space left on device";
constexpr std::size_t kPageBytes = 4096;

/// A server whose state directory is on `disk` and which cannot start for that.
void expect_no_start(const TinyDisk& disk) {
  std::vector<std::string> command = disk.inside().launcher;
  command.insert(command.end(), {program("comcat-server"), "--open", "--listen=127.0.0.1:0",
                                 "--state_dir=" + disk.path() + "/state"});
  Process server(command);
  EXPECT_EQ(2, server.wait_exit());
  const std::string& error = server.output(Process::kErr);
  EXPECT_THAT(error, HasSubstr(kFull));
  EXPECT_THAT(error, HasSubstr("make room, or choose another place with --state_dir"));
  EXPECT_EQ(error.size() - 1, error.find('\n')) << "one line: " << error;
}

TEST(DiskFull, AtItsFirstStartAServerLeavesNothingHalfWritten) {
  const auto disk = TinyDisk::make();
  COMCAT_NEEDS_NAMESPACES(disk);
  disk->write("other", std::string(kPageBytes, 'x'));
  expect_no_start(*disk);
  EXPECT_THAT(disk->files("state"), IsEmpty());
}

TEST(DiskFull, RoomForTheKeyAloneIsNoCertificateEither) {
  const auto disk = TinyDisk::make();
  COMCAT_NEEDS_NAMESPACES(disk);
  expect_no_start(*disk);
  EXPECT_THAT(disk->files("state"), IsEmpty());
}

TEST(DiskFull, ACertificateThatCannotBeRememberedIsSaidAndTheCallGoesOn) {
  const auto disk = TinyDisk::make();
  COMCAT_NEEDS_NAMESPACES(disk);
  const std::string before =
      "voice.example.org:50051 SHA256:" + std::string(43, 'A') + " # in the office\n";
  const std::string comments =
      before + "#" + std::string(kPageBytes - before.size() - 2, ' ') + "\n";
  disk->write("known_hosts", comments);
  ServerProcess server({}, /*tls=*/true);
  ClientProcess an(server, "an", {"--input=null", "--output=null", "--state_dir=" + disk->path()},
                   disk->inside());
  const auto notice = an.process().wait_for_line(Process::kOut, "it cannot be remembered");
  ASSERT_TRUE(notice);
  EXPECT_THAT(*notice, HasSubstr(server.fingerprint()));
  EXPECT_THAT(*notice, HasSubstr(kFull));
  EXPECT_THAT(*notice, HasSubstr("make room, or name another place with --state_dir"));
  EXPECT_TRUE(an.prints("type help"));
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(comments, disk->read("known_hosts")) << "what was remembered stays";
  EXPECT_THAT(disk->files(), UnorderedElementsAre("known_hosts"));
}

TEST(DiskFull, ARecordingThatCannotBeginEndsTheClient) {
  const auto disk = TinyDisk::make();
  COMCAT_NEEDS_NAMESPACES(disk);
  disk->write("other", std::string(kPageBytes, 'x'));
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=null", "--output=file:" + disk->path() + "/heard.wav"},
                   disk->inside());
  EXPECT_EQ(6, an.process().wait_exit());
  const std::string& error = an.process().output(Process::kErr);
  EXPECT_THAT(error, HasSubstr(kFull));
  EXPECT_THAT(error, HasSubstr("make room or choose another path"));
  EXPECT_EQ(error.size() - 1, error.find('\n')) << "one line: " << error;
}

TEST(DiskFull, ARecordingThatCannotGoOnIsSaidAndTheCallGoesOn) {
  const auto disk = TinyDisk::make();
  COMCAT_NEEDS_NAMESPACES(disk);
  ServerProcess server;
  Caller listener({.port = server.port()});
  ASSERT_TRUE(listener.hello("listener"));
  ClientProcess an(server, "an",
                   {"--input=tone:440", "--output=file:" + disk->path() + "/heard.wav"},
                   disk->inside());
  const auto notice = an.process().wait_for_line(Process::kOut, kFull);
  ASSERT_TRUE(notice) << an.process().output(Process::kOut);
  EXPECT_THAT(*notice, HasSubstr("make room or choose another path; you stay in the call"));
  EXPECT_TRUE(listener.wait_for_voice());
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ("RIFF", disk->read("heard.wav").value_or("").substr(0, 4));
}

}  // namespace
}  // namespace comcat::testing
