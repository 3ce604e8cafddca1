#include "nats_handles.h"

#include <vector>

namespace comcat::bus {
namespace {

constexpr int kReconnectBufferBytes = 32 * 1024;  // nothing is sent but while connected
constexpr int kForEver = 1 << 30;
constexpr int kConnectMs = 2'000;
constexpr int kReconnectMs = 250;
constexpr int kReconnectJitterMs = 100;
constexpr int kPingMs = 1'000;
constexpr int kMaxPings = 2;

}  // namespace

natsStatus set_connection(natsOptions* options, const NatsOptions& wanted) {
  std::vector<const char*> urls;
  for (const std::string& url : wanted.urls) urls.push_back(url.c_str());
  natsStatus status = natsOptions_SetServers(options, urls.data(), static_cast<int>(urls.size()));
  const auto then = [&](natsStatus next) {
    if (status == NATS_OK) status = next;
  };
  then(natsOptions_SetName(options, wanted.name.c_str()));
  then(natsOptions_SetTimeout(options, kConnectMs));
  then(natsOptions_SetSendAsap(options, true));
  then(natsOptions_SetWriteDeadline(options, kWriteDeadline.count()));
  then(natsOptions_SetAllowReconnect(options, true));
  then(natsOptions_SetMaxReconnect(options, kForEver));
  then(natsOptions_SetReconnectWait(options, kReconnectMs));
  then(natsOptions_SetReconnectJitter(options, kReconnectJitterMs, kReconnectJitterMs));
  then(natsOptions_SetReconnectBufSize(options, kReconnectBufferBytes));
  then(natsOptions_SetPingInterval(options, kPingMs));
  then(natsOptions_SetMaxPingsOut(options, kMaxPings));
  if (!wanted.credentials.empty()) {
    then(natsOptions_SetUserCredentialsFromFiles(options, wanted.credentials.c_str(), nullptr));
  }
  if (!wanted.ca.empty()) {
    then(natsOptions_SetSecure(options, true));
    then(natsOptions_LoadCATrustedCertificates(options, wanted.ca.c_str()));
  }
  return status;
}

}  // namespace comcat::bus
