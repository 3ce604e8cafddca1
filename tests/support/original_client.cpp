#include "support/original_client.h"

#include <array>

#include <opus/opus.h>

namespace comcat::testing {
namespace {

constexpr int kChannels = 2;
constexpr int kSamplesPerChannel = 240;

OpusDecoder* make_decoder() {
  int error = OPUS_OK;
  return opus_decoder_create(48'000, kChannels, &error);
}

}  // namespace

void OriginalClient::Destroy::operator()(OpusDecoder* decoder) const {
  opus_decoder_destroy(decoder);
}

OriginalClient::OriginalClient(int port) : caller_({.port = port}), decoder_(make_decoder()) {}

bool OriginalClient::join() {
  ClientREQ request;
  request.mutable_signal();
  return caller_.send(request) &&
         caller_.wait_for([](const ServerRES& r) { return r.has_signal(); }).has_value();
}

bool OriginalClient::speak(const std::string& name, const std::string& chunk) {
  ClientREQ request;
  request.mutable_message()->set_name(name);
  request.mutable_message()->set_chunk(chunk);
  return caller_.send(request);
}

Samples OriginalClient::heard() {
  caller_.stop_sending();
  Samples out;
  while (const auto response =
             caller_.wait_for([](const ServerRES& r) { return r.has_message(); })) {
    play(response->message().msg().chunk(), out);
  }
  return out;
}

void OriginalClient::play(const std::string& chunk, Samples& to) {
  std::array<opus_int16, kChannels * kSamplesPerChannel> stereo{};
  const int samples = opus_decode(
      decoder_.get(), reinterpret_cast<const unsigned char*>(chunk.data()),
      static_cast<opus_int32>(chunk.size()), stereo.data(), kSamplesPerChannel, /*decode_fec=*/0);
  if (samples < 0) {
    ++ignored_chunks_;
    return;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(samples); ++i) {
    to.push_back(static_cast<float>(stereo[kChannels * i]) / 32768.0F);
  }
}

}  // namespace comcat::testing
