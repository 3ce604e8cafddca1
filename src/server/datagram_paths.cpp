#include "datagram_paths.h"

#include <memory>
#include <utility>

#include "comcat/datagram/keys.h"
#include "comcat/datagram/voice.h"

namespace comcat::server {
namespace {

constexpr std::uint8_t kEpoch = 0;  // a connection's keys last as long as it does

}  // namespace

std::optional<wire::DatagramOffer> DatagramPaths::open(Caller& caller, base::Time now) {
  const auto number = datagram::random_number();
  const auto up = datagram::Keys::random();
  const auto down = datagram::Keys::random();
  if (!number || !up || !down) return std::nullopt;
  const auto connection = static_cast<std::uint32_t>(*number);
  if (!intake_.admit(connection, datagram::Opener(*up, connection, kEpoch))) return std::nullopt;
  auto path = std::make_unique<DatagramPath>(*this, caller, connection,
                                             datagram::Sealer(*down, connection, kEpoch), now);
  paths_.emplace(connection, path.get());
  caller.listener.path = std::move(path);
  return wire::DatagramOffer{port_,           connection,       kEpoch,           up->key_text(),
                             up->salt_text(), down->key_text(), down->salt_text()};
}

void DatagramPaths::take(const std::vector<ArrivedDatagram>& batch, const Hear& hear,
                         base::Time now) {
  for (const ArrivedDatagram& datagram : batch) {
    DatagramPath* const path = find(datagram.header.connection);
    if (path == nullptr) continue;  // its caller has left meanwhile
    path->arrived(datagram, now);
    if (datagram.header.type == datagram::Type::kVoice) hear_voice(datagram, hear, now);
  }
}

void DatagramPaths::hear_voice(const ArrivedDatagram& datagram, const Hear& hear, base::Time now) {
  wire::VoicePackets packets;
  if (!datagram::parse_voice(datagram.body, packets)) return;
  for (wire::VoicePacket& packet : packets) {
    DatagramPath* const path = find(datagram.header.connection);
    if (path == nullptr) return;  // closed for what it sent
    hear(path->caller(), std::move(packet), now);
  }
}

void DatagramPaths::tick(base::Time now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    DatagramPath& path = *deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    path.wakes_at(base::Time::max());
    if (path.next_deadline() <= now) path.serve(now);
    reschedule(path);
  }
}

base::Time DatagramPaths::next_deadline() const {
  return deadlines_.empty() ? base::Time::max() : deadlines_.begin()->first;
}

void DatagramPaths::flush(base::Time now) {
  for (DatagramPath* const path : waiting_) path->flush(now);
  waiting_.clear();
  outbox_.flush();
}

DatagramPath* DatagramPaths::find(std::uint32_t connection) {
  const auto found = paths_.find(connection);
  return found == paths_.end() ? nullptr : found->second;
}

/// A deadline that moves away, as each proof moves it, costs nothing: it wakes too early once.
void DatagramPaths::reschedule(DatagramPath& path) {
  const base::Time wanted = path.next_deadline();
  if (wanted >= path.wakes()) return;
  deadlines_.erase({path.wakes(), &path});
  deadlines_.emplace(wanted, &path);
  path.wakes_at(wanted);
}

void DatagramPaths::forget(DatagramPath& path) {
  intake_.forget(path.connection());
  std::erase(waiting_, &path);
  deadlines_.erase({path.wakes(), &path});
  paths_.erase(path.connection());
}

}  // namespace comcat::server
