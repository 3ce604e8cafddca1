#include "comcat/server/certificate.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/certificate_fingerprint.h"

namespace comcat::server {
namespace {

/// Empty where there is no certificate.
std::string fingerprint_of(const std::string& pem) {
  return base::certificate_fingerprint(pem).value_or("");
}

namespace fs = std::filesystem;

class OwnCertificate : public ::testing::Test {
 protected:
  OwnCertificate() {
    std::string name = (fs::temp_directory_path() / "comcat-XXXXXX").string();
    dir_ = ::mkdtemp(name.data());
  }
  ~OwnCertificate() override { fs::remove_all(dir_); }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static unsigned mode(const fs::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777;
  }
  /// The sentence that own_certificate() fails with.
  std::string failure() {
    const auto result = own_certificate(dir_);
    EXPECT_FALSE(result.ok());
    return std::string(result.status().message());
  }

  fs::path dir_;
};

TEST_F(OwnCertificate, IsMadeOnceAndKept) {
  const fs::path deep = dir_ / "state" / "comcat";
  const auto first = own_certificate(deep);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = own_certificate(deep);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->certificate_pem, second->certificate_pem);
  EXPECT_EQ(first->key_pem, second->key_pem);
  EXPECT_EQ(fingerprint_of(first->certificate_pem), fingerprint_of(second->certificate_pem));
}

TEST_F(OwnCertificate, ItsKeyIsReadableByNobodyElse) {
  const mode_t before = ::umask(0);
  const auto made = own_certificate(dir_);
  ::umask(before);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(0600U, mode(dir_ / "server.key"));
  EXPECT_EQ(0644U, mode(dir_ / "server.crt"));
  EXPECT_FALSE(fs::exists(dir_ / "server.key.new"));
}

TEST_F(OwnCertificate, AKeyThatOthersCouldReadIsClosedToThem) {
  ASSERT_TRUE(own_certificate(dir_).ok());
  fs::permissions(dir_ / "server.key", fs::perms(0644));
  ASSERT_TRUE(own_certificate(dir_).ok());
  EXPECT_EQ(0600U, mode(dir_ / "server.key"));
}

TEST_F(OwnCertificate, AKeyThatOthersCouldWriteIsNotBelieved) {
  ASSERT_TRUE(own_certificate(dir_).ok());
  fs::permissions(dir_ / "server.key", fs::perms(0660));
  EXPECT_EQ(0U, failure().find("cannot read " + (dir_ / "server.key").string() +
                               ": others than its owner may write to it; "));
  EXPECT_EQ(0660U, mode(dir_ / "server.key")) << "what to think of it is its owner's to say";
}

TEST_F(OwnCertificate, AKeyOfAnotherUserIsNotBelieved) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_TRUE(own_certificate(dir_).ok());
  ASSERT_EQ(0, ::chown((dir_ / "server.key").c_str(), 65534, 65534));
  EXPECT_NE(std::string::npos, failure().find("it belongs to another user (uid 65534)"));
}

TEST_F(OwnCertificate, IsNotKeptWhereEveryoneMayPutFiles) {
  fs::permissions(dir_, fs::perms(0777));
  EXPECT_EQ(0U, failure().find("the directory " + dir_.string() + " is not believed: "));
  EXPECT_TRUE(fs::is_empty(dir_));
}

TEST_F(OwnCertificate, AKeyThatIsThereWithoutOneIsUsedAndNeverWrittenOver) {
  ASSERT_TRUE(own_certificate(dir_).ok());
  const std::string key = read(dir_ / "server.key");
  fs::remove(dir_ / "server.crt");
  ASSERT_TRUE(own_certificate(dir_).ok());
  EXPECT_EQ(key, read(dir_ / "server.key"));
  EXPECT_TRUE(load_certificate(dir_ / "server.crt", dir_ / "server.key").ok());

  fs::remove(dir_ / "server.crt");
  write(dir_ / "server.key", "precious");
  EXPECT_NE(std::string::npos, failure().find("move it away, and a new one is made"));
  EXPECT_EQ("precious", read(dir_ / "server.key"));
  EXPECT_FALSE(fs::exists(dir_ / "server.crt"));
}

TEST_F(OwnCertificate, TwoServersHaveTwo) {
  const auto one = own_certificate(dir_ / "one");
  const auto two = own_certificate(dir_ / "two");
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_NE(fingerprint_of(one->certificate_pem), fingerprint_of(two->certificate_pem));
}

TEST_F(OwnCertificate, AFileInTheWayOfTheDirectoryIsNamed) {
  write(dir_ / "file", "");
  const auto result = own_certificate(dir_ / "file");
  EXPECT_TRUE(absl::IsUnavailable(result.status())) << result.status();
  EXPECT_NE(std::string::npos, std::string(result.status().message()).find("--state_dir"));
}

TEST_F(OwnCertificate, ADirectoryThatCannotBeWrittenIsNamed) {
  const auto result = own_certificate("/proc/comcat");
  EXPECT_TRUE(absl::IsUnavailable(result.status())) << result.status();
  EXPECT_EQ(0U, std::string(result.status().message()).find("cannot make the directory"));
}

TEST_F(OwnCertificate, AFullDiskLeavesNoHalfAKey) {
  // A directory in the place of the file beside which it is written stands for whatever fails.
  fs::create_directories(dir_ / "server.key.new" / "full");
  const auto result = own_certificate(dir_);
  EXPECT_TRUE(absl::IsUnavailable(result.status())) << result.status();
  EXPECT_FALSE(fs::exists(dir_ / "server.key"));
  EXPECT_FALSE(fs::exists(dir_ / "server.crt"));
}

TEST_F(OwnCertificate, ACertificateWhoseKeyIsGoneIsNotReplacedUnasked) {
  const auto first = own_certificate(dir_);
  fs::remove(dir_ / "server.key");
  EXPECT_EQ(0U, failure().find((dir_ / "server.crt").string() + " is there without server.key; "));
  EXPECT_EQ(first->certificate_pem, read(dir_ / "server.crt"));
}

TEST_F(OwnCertificate, AKeyAloneIsWhatAStartThatWasCutShortLeft) {
  ASSERT_TRUE(own_certificate(dir_).ok());
  fs::remove(dir_ / "server.crt");
  EXPECT_TRUE(own_certificate(dir_).ok());
}

TEST_F(OwnCertificate, APipeInThePlaceOfAFileIsNotWaitedFor) {
  ASSERT_EQ(0, ::mkfifo((dir_ / "pipe").c_str(), 0600));
  const auto loaded = load_certificate(dir_ / "pipe", dir_ / "pipe");
  EXPECT_EQ("cannot read " + (dir_ / "pipe").string() + ": it is not a file",
            std::string(loaded.status().message()));
}

TEST_F(OwnCertificate, AKeyThatNoClientAcceptsIsRefused) {
  const std::pair<const char*, bool> kKinds[] = {
      {"rsa:1024", false}, {"ec -pkeyopt ec_paramgen_curve:secp256k1", false},
      {"rsa:2048", true},  {"ec -pkeyopt ec_paramgen_curve:P-256", true},
      {"ed25519", true},
  };
  for (const auto& [kind, good] : kKinds) {
    const std::string command = "cd '" + dir_.string() + "' && openssl req -x509 -nodes -newkey " +
                                kind + " -subj /CN=x -keyout k -out c 2>/dev/null";
    if (std::system(command.c_str()) != 0) GTEST_SKIP() << "the openssl program is not installed";
    EXPECT_EQ(good, load_certificate(dir_ / "c", dir_ / "k").ok()) << kind;
  }
}

TEST_F(OwnCertificate, ACorruptedCertificateIsNamedAndKept) {
  ASSERT_TRUE(own_certificate(dir_).ok());
  write(dir_ / "server.crt", "rubbish");
  EXPECT_EQ(
      (dir_ / "server.crt").string() + " holds no certificate in PEM form; put a good one there",
      failure());
  EXPECT_EQ("rubbish", read(dir_ / "server.crt"));
}

TEST_F(OwnCertificate, ACorruptedKeyIsNamedAndKept) {
  ASSERT_TRUE(own_certificate(dir_).ok());
  for (const std::string key : {"", "rubbish", "-----BEGIN PRIVATE KEY-----\n"}) {
    write(dir_ / "server.key", key);
    EXPECT_EQ((dir_ / "server.key").string() +
                  " holds no unencrypted private key in PEM form; put a good one there",
              failure());
    EXPECT_EQ(key, read(dir_ / "server.key"));
  }
}

TEST_F(OwnCertificate, TheKeyOfAnotherCertificateIsNoticed) {
  ASSERT_TRUE(own_certificate(dir_).ok());
  ASSERT_TRUE(own_certificate(dir_ / "other").ok());
  fs::copy_file(dir_ / "other" / "server.key", dir_ / "server.key",
                fs::copy_options::overwrite_existing);
  EXPECT_EQ("the key " + (dir_ / "server.key").string() + " is not that of the certificate " +
                (dir_ / "server.crt").string() + "; put the two there that belong together",
            failure());
}

TEST_F(OwnCertificate, GivenFilesThatDoNotExistOrAreNoFilesAreNamed) {
  const auto missing = load_certificate(dir_ / "no.crt", dir_ / "no.key");
  EXPECT_TRUE(absl::IsInvalidArgument(missing.status()));
  EXPECT_EQ("cannot read " + (dir_ / "no.crt").string() +
                ": No such file or directory; the server must be able to read it",
            std::string(missing.status().message()));
  const auto directory = load_certificate(dir_, dir_);
  EXPECT_TRUE(absl::IsInvalidArgument(directory.status())) << directory.status();
  EXPECT_EQ("cannot read " + dir_.string() + ": it is not a file",
            std::string(directory.status().message()));
}

TEST(Fingerprint, IsWrittenAsSshWritesIt) {
  EXPECT_EQ("", fingerprint_of(""));
  EXPECT_EQ("",
            fingerprint_of("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n"));
}

TEST_F(OwnCertificate, ItsFingerprintIsThatOfOpenssl) {
  const auto made = own_certificate(dir_);
  const std::string print = fingerprint_of(made->certificate_pem);
  EXPECT_EQ(0U, print.find("SHA256:"));
  EXPECT_EQ(7U + 43U, print.size());
  EXPECT_EQ(std::string::npos, print.find('='));
  const std::string command = "openssl x509 -in '" + (dir_ / "server.crt").string() +
                              "' -outform DER | openssl dgst -sha256 -binary | openssl base64";
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::array<char, 128> line{};
  const bool ran = std::fgets(line.data(), line.size(), pipe) != nullptr;
  ::pclose(pipe);
  if (!ran) GTEST_SKIP() << "the openssl program is not installed";
  EXPECT_EQ(std::string(line.data()).substr(0, 43), print.substr(7));
}

}  // namespace
}  // namespace comcat::server
