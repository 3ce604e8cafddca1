#include <array>
#include <string>

#include "comcat/datagram/control.h"
#include "comcat/datagram/packet.h"
#include "comcat/datagram/seal.h"
#include "comcat/datagram/voice.h"
#include "comcat/wire/limits.h"

#include "fuzz/fuzz.h"

// The bytes are a datagram from the network, and the body of one that authenticated.

namespace {

using namespace comcat;

void check_body(std::string_view body) {
  wire::VoicePackets packets;
  if (datagram::parse_voice(body, packets)) {
    COMCAT_FUZZ_CHECK(!packets.empty());
    std::string again;
    for (const wire::VoicePacket& packet : packets) {
      COMCAT_FUZZ_CHECK(!packet.payload.empty() && packet.payload.size() <= wire::kMaxChunkBytes);
      COMCAT_FUZZ_CHECK(packet.duration_samples <= wire::kMaxPacketSamples);
      datagram::append_voice(packet, again);
    }
    COMCAT_FUZZ_CHECK(again == body);
  } else {
    COMCAT_FUZZ_CHECK(packets.empty());
  }
  if (const auto probe = datagram::parse_probe(body)) {
    COMCAT_FUZZ_CHECK(datagram::encode(*probe) == body);
  }
  if (const auto report = datagram::parse_report(body)) {
    COMCAT_FUZZ_CHECK(datagram::encode(*report) == body);
  }
}

void check_stranger(std::string_view bytes) {
  static datagram::Opener opener(*datagram::Keys::random(), 1, 0);
  const auto header = datagram::parse_header(datagram::as_bytes(bytes));
  if (!header) return;
  std::array<std::byte, datagram::kHeaderBytes> again{};
  datagram::write_header(*header, again);
  COMCAT_FUZZ_CHECK(datagram::as_text(again) == bytes.substr(0, datagram::kHeaderBytes));
  COMCAT_FUZZ_CHECK(!opener.open(*header, datagram::as_bytes(bytes)));
}

/// What is sealed opens, and is what went in.
void check_round_trip(std::string_view body) {
  static const datagram::Keys keys = *datagram::Keys::random();
  static datagram::Sealer sealer(keys, 1, 0);
  static datagram::Opener opener(keys, 1, 0);
  std::array<std::byte, datagram::kMaxDatagramBytes> out{};
  const std::size_t bytes = sealer.seal(datagram::Type::kVoice, body, out);
  COMCAT_FUZZ_CHECK((bytes > 0) == (!body.empty() && body.size() <= datagram::kMaxBodyBytes));
  if (bytes == 0) return;
  const datagram::Bytes datagram = std::span(out).first(bytes);
  const auto opened = opener.open(*datagram::parse_header(datagram), datagram);
  COMCAT_FUZZ_CHECK(opened && *opened == body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = comcat::fuzz::as_text(data, size);
  check_body(bytes);
  check_stranger(bytes);
  check_round_trip(bytes);
  return 0;
}
