#include "comcat/transport/datagram_course.h"

#include <span>
#include <tuple>

#include "comcat/base/secret.h"
#include "comcat/datagram/voice.h"

namespace comcat::transport {
namespace {

using datagram::Type;
using datagram::Way;

constexpr std::chrono::seconds kLately{1};  // as long as a pause between words at most

}  // namespace

DatagramCourse::DatagramCourse(const Options& options, Exit& exit, base::Time now)
    : exit_(exit),
      sealer_(options.up, options.connection, options.epoch),
      opener_(options.down, options.connection, options.epoch),
      path_(/*keeps_alive=*/true, now) {}

Way DatagramCourse::say(const wire::VoicePacket& packet, base::Time now) {
  const Way way = path_.way();
  if (way == Way::kStream) return way;
  body_.clear();
  if (repeats_before(packet, now)) datagram::append_voice(last_, body_);
  datagram::append_voice(packet, body_);
  last_ = packet;
  return send(Type::kVoice, body_, now) ? way : Way::kStream;
}

bool DatagramCourse::repeats_before(const wire::VoicePacket& packet, base::Time now) {
  const bool wanted = repetition_.wanted(path_.out().loss(), congestion_.is_there(now), now);
  return wanted && !last_.payload.empty() && packet.sequence == last_.sequence + 1 &&
         datagram::voice_bytes(last_) + datagram::voice_bytes(packet) <= datagram::kMaxBodyBytes;
}

/// False where it is too long for a datagram.
bool DatagramCourse::send(Type type, std::string_view body, base::Time now) {
  std::array<std::byte, datagram::kMaxDatagramBytes> out;
  const std::uint64_t counter = sealer_.next_counter();
  const std::size_t bytes = sealer_.seal(type, body, out);
  if (bytes == 0) return false;
  exit_.send(std::span(out).first(bytes));
  path_.sent(type, counter, now);
  congestion_.sent(counter, now);
  return true;
}

void DatagramCourse::told(const datagram::Report& report, base::Time now) {
  path_.told(report, now);
  congestion_.told(report, now);
}

void DatagramCourse::receive(datagram::Bytes datagram, base::Time now, wire::VoicePackets& heard) {
  const std::optional<datagram::Header> header = datagram::parse_header(datagram);
  std::optional<std::string_view> body;
  if (header && replays_.is_new(header->counter)) body = opener_.open(*header, datagram);
  if (!body) {
    ++rejected_;
    return;
  }
  std::ignore = replays_.mark(header->counter);
  path_.received(*header, now);
  obey(header->type, *body, now, heard);
}

void DatagramCourse::obey(Type type, std::string_view body, base::Time now,
                          wire::VoicePackets& heard) {
  if (type == Type::kVoice) {
    if (datagram::parse_voice(body, heard)) datagram_voice_at_ = now;
  } else if (type == Type::kReport) {
    if (const auto report = datagram::parse_report(body)) told(*report, now);
  } else if (const auto probe = datagram::parse_probe(body)) {
    if (type == Type::kEcho) {
      path_.echo_came(*probe, now);
    } else {
      send(Type::kEcho, datagram::encode(path_.probe_came(*probe, now)), now);
    }
  }
}

void DatagramCourse::tick(base::Time now) {
  const datagram::PathState::Due due = path_.due(now);
  if (due.probe) {
    // Where the system has no randomness, the path ends as one that nobody answers.
    const std::uint64_t token = datagram::random_number().value_or(0);
    send(Type::kProbe, datagram::encode(path_.probe(token, now)), now);
  }
  if (!due.report) return;
  const Way way = path_.way();
  const datagram::Report report = path_.report(now);
  losses_down_.add(report, now);
  if (way != Way::kStream) send(Type::kReport, datagram::encode(report), now);
  if (way != Way::kDatagram) exit_.report(report);
}

std::optional<Way> DatagramCourse::way_down(base::Time now) const {
  const bool stream = stream_voice_at_ && now - *stream_voice_at_ <= kLately;
  const bool datagrams = datagram_voice_at_ && now - *datagram_voice_at_ <= kLately;
  if (stream && datagrams) return Way::kBoth;
  if (stream) return Way::kStream;
  if (datagrams) return Way::kDatagram;
  return std::nullopt;
}

std::optional<DatagramCourse::Options> take_offer(wire::Welcome& welcome) {
  if (!welcome.datagrams) return std::nullopt;
  wire::DatagramOffer& offer = *welcome.datagrams;
  std::optional<DatagramCourse::Options> options;
  const auto up = datagram::Keys::of(offer.up_key, offer.up_salt);
  const auto down = datagram::Keys::of(offer.down_key, offer.down_salt);
  if (up && down && offer.epoch <= datagram::kMaxEpoch && offer.port != 0) {
    options = {offer.port, offer.connection, offer.epoch, *up, *down};
  }
  for (std::string* const secret :
       {&offer.up_key, &offer.up_salt, &offer.down_key, &offer.down_salt}) {
    base::wipe(*secret);
  }
  welcome.datagrams.reset();
  return options;
}

}  // namespace comcat::transport
