// Which device somebody calls from, on the wire and with the real programs.

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/base/signing_key.h"
#include "comcat/wire/hello_proof.h"

#include "end_to_end/client_fixtures.h"
#include "support/caller.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;

class Devices : public ClientTest {
 protected:
  /// The hello of "an" from this device to whoever has `certificate`, for the stream with `nonce`.
  [[nodiscard]] ClientREQ hello(const std::string& nonce, const std::string& certificate) const {
    wire::Hello it;
    it.name = "an";
    it.room = "lobby";
    it.key = key_.public_key();
    ClientREQ request;
    ClientSignal& signal = *request.mutable_signal();
    signal.set_name(it.name);
    signal.set_room(it.room);
    signal.set_features(1);
    signal.set_key(it.key);
    signal.set_signature(key_.sign(wire::proof_text(it, nonce, certificate)));
    return request;
  }
  [[nodiscard]] static bool is_welcome(Caller& caller) {
    return caller.wait_for([](const ServerRES& r) { return r.has_signal(); }).has_value();
  }

  const base::SigningKey key_ = base::SigningKey::make();
};

TEST_F(Devices, AReplayedHelloIsRefused) {
  ServerProcess server;
  Caller an({.port = server.port()});
  const ClientREQ recorded = hello(an.nonce(), "");
  ASSERT_TRUE(an.send(recorded));
  EXPECT_TRUE(is_welcome(an));
  Caller thief({.port = server.port()});
  ASSERT_TRUE(thief.send(recorded));
  const grpc::Status status = thief.status();
  EXPECT_EQ(grpc::StatusCode::PERMISSION_DENIED, status.error_code());
  EXPECT_THAT(status.error_message(), HasSubstr("not for this connection"));
}

TEST_F(Devices, AHelloSignedForAnotherServerIsRefused) {
  ServerProcess server({}, /*tls=*/true);
  ServerProcess other({}, /*tls=*/true);
  Caller an({.port = server.port(), .tls = true});
  ASSERT_TRUE(an.send(hello(an.nonce(), other.fingerprint())));
  EXPECT_EQ(grpc::StatusCode::PERMISSION_DENIED, an.status().error_code());
  Caller again({.port = server.port(), .tls = true});
  ASSERT_TRUE(again.send(hello(again.nonce(), server.fingerprint())));
  EXPECT_TRUE(is_welcome(again));
}

TEST_F(Devices, ADamagedKeyIsToldAndTheCallGoesOnWithoutIt) {
  ServerProcess server({}, /*tls=*/true);
  std::filesystem::create_directories(state());
  std::ofstream(state() + "/device_key") << "no key";
  std::filesystem::permissions(state() + "/device_key", std::filesystem::perms(0600));
  Process an(command(server.host(), {"--name=an", "--passcode=hunter2"}));
  const auto notice = an.wait_for_line(Process::kOut, "goes on without a device key");
  ASSERT_TRUE(notice);
  EXPECT_THAT(*notice, HasSubstr("device_key is damaged; put it back from a copy"));
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "connected to"));
}

TEST_F(Devices, OneThatIsNotToBeKnownMakesNoKey) {
  ServerProcess server;
  Process an(command(server.host(),
                     {"--name=an", "--passcode=hunter2", "--insecure", "--device_key=false"}));
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "connected to"));
  EXPECT_FALSE(std::filesystem::exists(state() + "/device_key"));
}

}  // namespace
}  // namespace comcat::testing
