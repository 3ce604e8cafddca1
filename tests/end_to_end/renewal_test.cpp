// A certificate that is renewed while people talk.

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/base/file_descriptor.h"

#include "support/caller.h"
#include "support/certificates.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;

/// A server with a certificate of the test's own, and what its callers need.
class Renewal : public ::testing::Test {
 protected:
  Renewal() : server_(prepared_flags(), /*tls=*/true) {}

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  void write_certificate() const {
    const TestCertificate made = make_self_signed("localhost");
    write("tls.crt", made.certificate_pem);
    write("tls.key", made.key_pem);
  }
  /// SIGHUP; the fingerprint of the certificate that the server has from now on.
  [[nodiscard]] std::string renew() {
    server_.process().signal(SIGHUP);
    const auto line = server_.process().wait_for_line(Process::kErr, " certificate_renewed ");
    return line ? line->substr(line->find("SHA256:")) : "not renewed";
  }
  [[nodiscard]] std::vector<std::string> as(const std::string& name,
                                            const std::string& fingerprint) const {
    return {program("comcat-client"), "--host=" + server_.host(),
            "--passcode=hunter2",     "--input=null",
            "--output=null",          "--name=" + name,
            "--trust=" + fingerprint, "--state_dir=" + path("client")};
  }
  [[nodiscard]] bool comes_in(const std::string& name, const std::string& fingerprint) const {
    Process client(as(name, fingerprint));
    return client.wait_for_line(Process::kOut, "connected to").has_value();
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return directory_.path() + "/" + name;
  }

  const TemporaryDirectory directory_;
  ServerProcess server_;

 private:
  [[nodiscard]] std::vector<std::string> prepared_flags() const {
    write_certificate();
    return {"--tls_cert=" + path("tls.crt"), "--tls_key=" + path("tls.key")};
  }
};

TEST_F(Renewal, NewCallersGetTheNewCertificateAndTheCallGoesOn) {
  const std::string before = server_.fingerprint();
  Process an(as("an", before));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "connected to"));
  write_certificate();
  const std::string after = renew();
  ASSERT_NE(before, after);
  Process binh(as("binh", after));
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, "connected to"));
  binh.write("say we hear each other\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "<binh> we hear each other"));
  EXPECT_EQ(std::string::npos, an.output(Process::kOut).find("lost"));
  Process pinned(as("chi", before));
  EXPECT_EQ(3, pinned.wait_exit()) << pinned.output(Process::kErr);
  EXPECT_EQ(0, server_.stop());
}

TEST_F(Renewal, FilesThatAreNoCertificateChangeNothing) {
  write("tls.crt", "half a certifi");
  for (const char* const why : {"holds no certificate", "is not that of the certificate"}) {
    server_.process().signal(SIGHUP);
    const auto line = server_.process().wait_for_line(Process::kErr, " certificate_kept ");
    ASSERT_TRUE(line);
    EXPECT_THAT(*line, HasSubstr(why));
    EXPECT_TRUE(comes_in("an", server_.fingerprint()));
    write("tls.crt", make_self_signed("localhost").certificate_pem);  // for the second time
  }
  write_certificate();
  EXPECT_TRUE(comes_in("an", renew())) << "mended";
}

TEST(Hangup, AServerWithItsOwnCertificateReadsItAgainAndGoesOn) {
  ServerProcess server({}, /*tls=*/true);
  for (int times = 0; times < 2; ++times) {
    server.process().signal(SIGHUP);
    EXPECT_TRUE(server.logs(" certificate_renewed fingerprint=" + server.fingerprint()));
  }
  EXPECT_EQ(0, server.stop());
  EXPECT_THAT(server.process().output(Process::kErr), HasSubstr("stopping signal=SIGTERM"));
}

TEST(Hangup, WithoutACertificateThereIsNothingToReloadAndTheCallGoesOn) {
  ServerProcess server;
  Caller an({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.logs(" nothing_to_reload "));
  ASSERT_TRUE(an.send_voice("x"));
  Caller binh({.port = server.port()});
  EXPECT_TRUE(binh.hello("binh"));
  EXPECT_EQ(0, server.stop());
}

TEST(Hangup, OfTheTerminalThatItWasStartedFromEndsTheServerAndEveryoneIsTold) {
  base::FileDescriptor terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(terminal.valid() && ::grantpt(terminal.get()) == 0 &&
              ::unlockpt(terminal.get()) == 0);
  Process::Options options;
  const std::string other_end = ::ptsname(terminal.get());
  options.launcher = {"/bin/sh", "-c", "exec setsid -c \"$@\" <" + other_end, "sh"};
  ServerProcess server({}, /*tls=*/false, options);
  Caller an({.port = server.port()});
  ASSERT_TRUE(an.hello("an"));
  terminal.reset();
  EXPECT_EQ("the server is shutting down", an.status().error_message());
  EXPECT_EQ(0, server.process().wait_exit());
  EXPECT_THAT(server.process().output(Process::kErr), HasSubstr("stopping signal=SIGHUP"));
}

TEST(Hangup, IsNothingUnderNohup) {
  Process::Options options;
  options.launcher = {"/usr/bin/nohup"};
  ServerProcess server({}, /*tls=*/false, options);
  server.process().signal(SIGHUP);
  Caller an({.port = server.port()});
  EXPECT_TRUE(an.hello("an"));
  EXPECT_EQ(0, server.stop());
  EXPECT_THAT(server.process().output(Process::kErr), HasSubstr("stopping signal=SIGTERM"));
}

}  // namespace
}  // namespace comcat::testing
