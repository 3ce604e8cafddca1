#include "comcat/playout/frame_decoder.h"

#include <utility>

#include "comcat/codec/decoder.h"

namespace comcat::playout {
namespace {

class OpusFrameDecoder final : public FrameDecoder {
 public:
  explicit OpusFrameDecoder(codec::Decoder decoder) : decoder_(std::move(decoder)) {}

  std::size_t decode(std::string_view packet, std::span<float> out) override {
    return decoder_.decode(packet, out);
  }
  std::size_t decode_fec(std::string_view next, std::span<float> out) override {
    return decoder_.decode_fec(next, out);
  }
  std::size_t conceal(std::span<float> out) override { return decoder_.conceal(out); }

 private:
  codec::Decoder decoder_;
};

class OpusDecoders final : public DecoderFactory {
 public:
  std::unique_ptr<FrameDecoder> make() override {
    auto decoder = codec::Decoder::create();
    if (!decoder.ok()) return nullptr;
    return std::make_unique<OpusFrameDecoder>(std::move(*decoder));
  }
};

}  // namespace

DecoderFactory& opus_decoders() {
  static OpusDecoders decoders;  // without state
  return decoders;
}

}  // namespace comcat::playout
