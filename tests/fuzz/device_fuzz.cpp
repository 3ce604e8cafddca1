// The key and signature of a hello: whatever they are, a device is known only by a key that has
// signed this stream's nonce, this server's certificate, and this name and room.

#include <cstddef>
#include <cstdint>
#include <string>

#include "comcat/base/signing_key.h"
#include "comcat/server/device.h"
#include "comcat/wire/hello_proof.h"

#include "fuzz/fuzz.h"

using namespace comcat;

namespace {

constexpr const char* kCertificate = "SHA256:ours";

/// Its own of this process: nobody else can have signed with it.
const base::SigningKey& honest_key() {
  static const base::SigningKey key = base::SigningKey::make();
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const bool honest = input.number() % 2 == 0;
  server::Device device;
  device.nonce = std::string(wire::kNonceBytes, 'n');
  wire::Hello hello;
  hello.name = input.text(32);
  hello.room = input.text(32);
  hello.key = input.text(40);
  hello.signature = input.text(80);
  if (honest) {
    hello.key = honest_key().public_key();
    const std::string nonce = std::string(wire::kNonceBytes, 'n') + std::string(input.text(2));
    wire::Hello said = hello;
    said.name += input.text(2);
    hello.signature = honest_key().sign(wire::proof_text(said, nonce, kCertificate));
    const bool is_this_one = nonce == device.nonce && said.name == hello.name;
    COMCAT_FUZZ_CHECK(device.prove(hello, {"SHA256:before", kCertificate}).ok() == is_this_one);
    COMCAT_FUZZ_CHECK(device.key.empty() == !is_this_one);
    return 0;
  }
  const absl::Status status = device.prove(hello, {kCertificate});
  COMCAT_FUZZ_CHECK(status.ok() == !device.key.empty());
  COMCAT_FUZZ_CHECK(device.key != honest_key().public_key());
  return 0;
}
