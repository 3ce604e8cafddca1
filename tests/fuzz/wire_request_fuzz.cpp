// Bytes from a client: they are refused with a sentence or become a request within the limits,
// which survives the way back through encode_request().

#include "comcat/base/text.h"
#include "comcat/wire/convert.h"

#include "fuzz/fuzz.h"

namespace {

using namespace comcat;

void check(const wire::VoiceUp& voice) {
  const wire::VoicePacket& frame = voice.packet;
  COMCAT_FUZZ_CHECK(!frame.payload.empty() && frame.payload.size() <= wire::kMaxChunkBytes);
  COMCAT_FUZZ_CHECK(frame.duration_samples <= wire::kMaxPacketSamples);
  COMCAT_FUZZ_CHECK(frame.level_dbov <= wire::kSilentDbov);
  COMCAT_FUZZ_CHECK(frame.speaker == 0);  // the stream says who speaks
}
void check(const wire::Hello& /*hello*/) {}
void check(const wire::Command& /*command*/) {}
void check(const wire::DatagramReport& /*report*/) {}

std::string encode(const wire::VoiceUp& voice) {
  return wire::encode_request(voice.packet, voice.original_name);
}
template <typename Other>
std::string encode(const Other& request) {
  return wire::encode_request(request);
}

wire::Bytes bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = wire::parse_request(std::as_bytes(std::span(data, size)));
  if (!request.ok()) {
    COMCAT_FUZZ_CHECK(absl::IsInvalidArgument(request.status()));
    COMCAT_FUZZ_CHECK(base::is_safe_text(std::string(request.status().message())));
    return 0;
  }
  const std::string once = std::visit(
      [](const auto& it) {
        check(it);
        return encode(it);
      },
      *request);
  const auto again = wire::parse_request(bytes_of(once));
  COMCAT_FUZZ_CHECK(again.ok() && again->index() == request->index());
  const std::string twice = std::visit([](const auto& it) { return encode(it); }, *again);
  COMCAT_FUZZ_CHECK(once == twice);
  return 0;
}
