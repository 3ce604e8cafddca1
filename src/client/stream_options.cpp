#include "stream_options.h"

#include <utility>

#include "comcat/client/device_key.h"

namespace comcat::client {

std::optional<base::SigningKey> key_of_device(const ClientOptions& options, std::string& trouble) {
  if (!options.device_key || options.state_directory.empty()) return std::nullopt;
  absl::StatusOr<base::SigningKey> key = device_key(options.state_directory);
  if (key.ok()) return *std::move(key);
  trouble = "this call goes on without a device key: " + std::string(key.status().message());
  return std::nullopt;
}

transport::VoiceStream::Options stream_options(const ClientOptions& options) {
  transport::VoiceStream::Options out;
  out.address = options.address;
  out.others = options.other_addresses;
  out.hello.name = options.name;
  out.hello.room = options.new_room ? "" : options.room;
  out.hello.new_room = options.new_room;
  out.hello.room_passcode = options.room_passcode;
  out.hello.features = wire::kFeatureVoiceBatch | wire::kFeatureHistory | wire::kFeatureReturn |
                       wire::kFeatureAcknowledge | wire::kFeatureServers;
  out.hello.pair_code = options.pair_code;
  out.hello.client = "comcat " COMCAT_VERSION;
  out.passcode = options.passcode;
  out.host_passcode = options.host_passcode;
  out.tls = options.tls;
  out.datagrams = options.tls && options.datagrams;  // in plaintext everyone would know the keys
  if (out.datagrams) out.hello.features |= wire::kFeatureDatagrams;
  out.trust.state_directory = options.state_directory;
  out.trust.only_fingerprint = options.only_fingerprint;
  out.connect_timeout = options.connect_timeout;
  return out;
}

}  // namespace comcat::client
