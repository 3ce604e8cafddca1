#include "support/original_client.h"

#include <gtest/gtest.h>

namespace comcat::testing {
namespace {

OpusDecoder* make_decoder(int channels) {
  int error = OPUS_OK;
  return opus_decoder_create(48'000, channels, &error);
}

}  // namespace

void OriginalClient::Destroy::operator()(OpusDecoder* decoder) const {
  opus_decoder_destroy(decoder);
}

OriginalClient::OriginalClient(int port)
    : caller_({.port = port}), decoder_(make_decoder(kChannels)) {}

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
  while (const auto response = caller_.wait_for([](const ServerRES&) { return true; })) {
    if (response->has_signal()) continue;
    EXPECT_TRUE(response->has_message()) << response->ShortDebugString();
    play(response->message().msg().chunk(), out);
  }
  return out;
}

void OriginalClient::play(const std::string& chunk, Samples& to) {
  const int samples = opus_decode(
      decoder_.get(), reinterpret_cast<const unsigned char*>(chunk.data()),
      static_cast<opus_int32>(chunk.size()), buffer_.data(), kSamplesPerChannel, /*decode_fec=*/0);
  if (samples < 0) ++ignored_chunks_;
  for (std::size_t i = 0; i < kSamplesPerChannel; ++i) {
    to.push_back(static_cast<float>(buffer_[kChannels * i]) / 32768.0F);
  }
}

}  // namespace comcat::testing
