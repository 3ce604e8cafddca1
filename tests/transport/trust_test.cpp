// Certificates: pinned at first use, vouched for, or named by --trust.

#include "comcat/transport/trust.h"

#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/certificate_fingerprint.h"
#include "comcat/transport/known_hosts.h"

#include "support/certificates.h"
#include "support/process.h"

namespace comcat::transport {
namespace {

using testing::make_authority;
using testing::make_self_signed;
using testing::make_signed;
using testing::TemporaryDirectory;
using testing::TestCertificate;

const std::string kPin = "SHA256:" + std::string(43, 'A');
const std::string kOtherPin = "SHA256:" + std::string(42, 'B') + "+";

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

// ---- known_hosts

TEST(KnownHosts, LinesThatMakeNoSenseArePassedOver) {
  const auto hosts = parse_known_hosts("# mine\n\n  example.org:4000   " + kPin +
                                       "  since May\nexample.org\nx:1 MD5:00\nx:1 " + kPin +
                                       "=\n\x01\xFF\n[::1]:1\t" + kOtherPin);
  ASSERT_EQ(2U, hosts.size());
  EXPECT_EQ("example.org:4000", hosts[0].address);
  EXPECT_EQ(kPin, hosts[0].fingerprint);
  EXPECT_EQ(3U, hosts[0].line);
  EXPECT_EQ("[::1]:1", hosts[1].address);
}

TEST(KnownHosts, WhatIsAddedIsFoundInAFileOfTheUsersOwn) {
  const TemporaryDirectory directory;
  const KnownHosts hosts(directory.path() + "/not/yet/there");
  ASSERT_TRUE(hosts.find("a:1").ok());
  EXPECT_FALSE(hosts.find("a:1")->has_value());
  ASSERT_TRUE(hosts.add("a:1", kPin).ok());
  ASSERT_TRUE(hosts.add("b:2", kOtherPin).ok());
  EXPECT_EQ(kPin, (*hosts.find("a:1"))->fingerprint);
  EXPECT_EQ(kOtherPin, (*hosts.find("b:2"))->fingerprint);
  struct stat info {};
  ASSERT_EQ(0, ::stat(hosts.path().c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
}

TEST(KnownHosts, ALineOfTheUsersOwnStays) {
  const TemporaryDirectory directory;
  const KnownHosts hosts(directory.path());
  write(hosts.path(), "# my servers, without a line break at the end");
  ASSERT_TRUE(hosts.add("a:1", kPin).ok());
  EXPECT_EQ("# my servers, without a line break at the end\na:1 " + kPin + "\n",
            contents(hosts.path()));
}

TEST(KnownHosts, TwoClientsThatStartAtOnceBothKeepTheirPins) {
  const TemporaryDirectory directory;
  const auto add_many = [&](const std::string& host) {
    const KnownHosts hosts(directory.path());
    for (int i = 0; i < 25; ++i) {
      EXPECT_TRUE(hosts.add(host + ":" + std::to_string(i), kPin).ok());
    }
  };
  {
    const std::jthread other([&] { add_many("a"); });
    add_many("b");
  }
  EXPECT_EQ(50U, parse_known_hosts(contents(directory.path() + "/known_hosts")).size());
}

TEST(KnownHosts, ALinkThatSomebodyPlantedBesideItIsNotFollowed) {
  const TemporaryDirectory directory;
  const KnownHosts hosts(directory.path());
  write(directory.file("precious"), "precious");
  for (const char* const name : {"known_hosts.new", "known_hosts.XXXXXX"}) {
    ASSERT_EQ(0, ::symlink("precious", directory.file(name).c_str()));
  }
  ASSERT_TRUE(hosts.add("a:1", kPin).ok());
  EXPECT_EQ("precious", contents(directory.file("precious")));
  EXPECT_EQ("a:1 " + kPin + "\n", contents(hosts.path()));
}

TEST(KnownHosts, WhatOthersMayHaveWrittenIsNeitherReadNorWritten) {
  const TemporaryDirectory directory;
  const KnownHosts hosts(directory.path());
  ASSERT_TRUE(hosts.add("a:1", kPin).ok());
  ASSERT_EQ(0, ::chmod(hosts.path().c_str(), 0666));
  for (const absl::Status& status : {hosts.find("a:1").status(), hosts.add("b:2", kPin)}) {
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_EQ(0U, std::string(status.message()).find(hosts.path() + " is not believed: "))
        << status;
  }
  ASSERT_EQ(0, ::chmod(hosts.path().c_str(), 0600));
  ASSERT_EQ(0, ::chmod(directory.path().c_str(), 0777));
  EXPECT_TRUE(absl::IsPermissionDenied(hosts.find("a:1").status()));
  EXPECT_EQ("a:1 " + kPin + "\n", contents(hosts.path()));
}

TEST(KnownHosts, APipeInItsPlaceIsNotWaitedFor) {
  const TemporaryDirectory directory;
  const KnownHosts hosts(directory.path());
  ASSERT_EQ(0, ::mkfifo(hosts.path().c_str(), 0600));
  EXPECT_FALSE(hosts.find("a:1").ok());
  EXPECT_FALSE(hosts.add("a:1", kPin).ok());
}

// ---- the judge

class Judge : public ::testing::Test {
 protected:
  [[nodiscard]] TrustOptions options() const {
    TrustOptions out;
    out.address = {"voice.example.org", 4000};
    out.state_directory = directory_.path();
    return out;
  }
  [[nodiscard]] std::string known_hosts() const {
    return contents(directory_.path() + "/known_hosts");
  }

  const TemporaryDirectory directory_;
  const TestCertificate first_ = make_self_signed("localhost");
  const TestCertificate second_ = make_self_signed("localhost");
};

TEST_F(Judge, TheFingerprintIsThatOfTheTools) {
  const auto fingerprint = base::certificate_fingerprint(first_.certificate_pem);
  ASSERT_TRUE(fingerprint);
  EXPECT_TRUE(is_fingerprint(*fingerprint)) << *fingerprint;
  EXPECT_NE(*fingerprint, *base::certificate_fingerprint(second_.certificate_pem));
  EXPECT_FALSE(base::certificate_fingerprint("no certificate"));
}

TEST_F(Judge, AServerSeenForTheFirstTimeIsPinnedAndShown) {
  CertificateJudge judge(options());
  const Judgement judgement = judge.judge(first_.certificate_pem);
  EXPECT_TRUE(judgement.trusted);
  EXPECT_EQ("voice.example.org:4000 " + judgement.fingerprint + "\n", known_hosts());
  const auto notices = judge.take_notices();
  ASSERT_EQ(1U, notices.size());
  EXPECT_NE(std::string::npos, notices[0].find(judgement.fingerprint));
  EXPECT_TRUE(judge.judge(first_.certificate_pem).trusted) << "the second time";
  EXPECT_TRUE(judge.take_notices().empty()) << "nothing new";
}

TEST_F(Judge, AChangedCertificateIsRefusedAndTheUserToldWhatToDo) {
  ASSERT_TRUE(CertificateJudge(options()).judge(first_.certificate_pem).trusted);
  CertificateJudge judge(options());
  const Judgement judgement = judge.judge(second_.certificate_pem);
  EXPECT_FALSE(judgement.trusted);
  for (const std::string& part :
       {*base::certificate_fingerprint(first_.certificate_pem),
        *base::certificate_fingerprint(second_.certificate_pem), std::string("man-in-the-middle"),
        "line 1 of " + directory_.path() + "/known_hosts"}) {
    EXPECT_NE(std::string::npos, judgement.refusal.find(part)) << judgement.refusal;
  }
  EXPECT_EQ(judgement.refusal, judge.refusal());
}

TEST_F(Judge, WhatTheClusterToldOfAServerHoldsAndNobodyIsAsked) {
  TrustOptions told = options();
  told.only_fingerprint = kPin;  // of the server that the user named
  told.told_fingerprint = *base::certificate_fingerprint(first_.certificate_pem);
  CertificateJudge judge(told);
  EXPECT_TRUE(judge.judge(first_.certificate_pem).trusted);
  EXPECT_TRUE(judge.take_notices().empty());
  EXPECT_EQ("", known_hosts());
  const Judgement other = judge.judge(second_.certificate_pem);
  EXPECT_FALSE(other.trusted);
  EXPECT_NE(std::string::npos, other.refusal.find("not the one that its cluster told of"));
}

TEST_F(Judge, TheSameHostOnAnotherPortIsAnotherServer) {
  ASSERT_TRUE(CertificateJudge(options()).judge(first_.certificate_pem).trusted);
  TrustOptions other = options();
  other.address.port = 4001;
  EXPECT_TRUE(CertificateJudge(other).judge(second_.certificate_pem).trusted);
}

TEST_F(Judge, TrustNamesTheOneCertificateAndRemembersNothing) {
  TrustOptions only_first = options();
  only_first.only_fingerprint = *base::certificate_fingerprint(first_.certificate_pem);
  CertificateJudge judge(only_first);
  EXPECT_TRUE(judge.judge(first_.certificate_pem).trusted);
  EXPECT_FALSE(judge.judge(second_.certificate_pem).trusted);
  EXPECT_EQ("", known_hosts());
}

TEST_F(Judge, AStateDirectoryThatCannotBeWrittenIsSaidOnceAndThePinHoldsMeanwhile) {
  write(directory_.path() + "/file", "");
  TrustOptions unwritable = options();
  unwritable.state_directory = directory_.path() + "/file/state";
  CertificateJudge judge(unwritable);
  EXPECT_TRUE(judge.judge(first_.certificate_pem).trusted);
  EXPECT_TRUE(judge.judge(first_.certificate_pem).trusted);
  const auto notices = judge.take_notices();
  ASSERT_EQ(1U, notices.size());
  EXPECT_NE(std::string::npos, notices[0].find("--state_dir")) << notices[0];
  EXPECT_FALSE(judge.judge(second_.certificate_pem).trusted) << "after an outage, for example";
}

class VouchedFor : public Judge {
 protected:
  VouchedFor() { write(authorities(), authority_.certificate_pem); }
  [[nodiscard]] std::string authorities() const { return directory_.path() + "/authorities.pem"; }
  const TestCertificate authority_ = make_authority();
};

TEST_F(VouchedFor, ACertificateOfAnAuthorityNeedsNoPin) {
  TrustOptions with_authority = options();
  with_authority.authorities_file = authorities();
  CertificateJudge judge(with_authority);
  const TestCertificate good = make_signed("voice.example.org", authority_);
  EXPECT_TRUE(judge.judge(good.certificate_pem).trusted);
  EXPECT_EQ("", known_hosts());
  EXPECT_TRUE(judge.take_notices().empty());
  const TestCertificate renewed = make_signed("voice.example.org", authority_);
  EXPECT_TRUE(judge.judge(renewed.certificate_pem).trusted) << "renewed, as they are each quarter";
}

TEST_F(VouchedFor, OnlyForItsOwnName) {
  const TestCertificate other = make_signed("mallory.example.org", authority_);
  EXPECT_FALSE(vouched_for(other.certificate_pem, "voice.example.org", authorities()));
  EXPECT_TRUE(vouched_for(other.certificate_pem, "mallory.example.org", authorities()));
  const TestCertificate address = make_signed("192.0.2.1", authority_);
  EXPECT_TRUE(vouched_for(address.certificate_pem, "192.0.2.1", authorities()));
  EXPECT_FALSE(vouched_for(address.certificate_pem, "192.0.2.2", authorities()));
  const TestCertificate stranger = make_signed("voice.example.org", make_authority());
  EXPECT_FALSE(vouched_for(stranger.certificate_pem, "voice.example.org", authorities()));
  EXPECT_FALSE(vouched_for(first_.certificate_pem, "localhost", "")) << "self-signed";
  EXPECT_FALSE(vouched_for("", "localhost", authorities()));
}

}  // namespace
}  // namespace comcat::transport
