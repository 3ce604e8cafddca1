#include "voice_ways.h"

#include <utility>

namespace comcat::transport {

using datagram::Way;

VoiceWays::VoiceWays(StreamInbox& inbox, StreamHandler& handler, bool datagrams)
    : inbox_(inbox), handler_(handler), datagrams_(datagrams) {}

void VoiceWays::send_voice(const wire::VoicePacket& packet) {
  const Path datagrams = path();
  const Way way = datagrams ? datagrams->say(packet) : Way::kStream;
  ease(way == Way::kDatagram ? datagrams->queue() : inbox_.waits());
  if (way == Way::kDatagram || (way == Way::kBoth && !inbox_.is_open())) {
    sent_frames_.fetch_add(1, std::memory_order_relaxed);
  } else {
    inbox_.send_voice(packet);
  }
}

void VoiceWays::ease(base::Duration queue) {
  const absl::MutexLock lock(&easing_mutex_);
  step_.store(easing_.step(queue, base::steady_now()), std::memory_order_relaxed);
}

void VoiceWays::add_to(VoiceStream::Stats& stats) const {
  stats.sent_voice_frames += sent_frames_.load(std::memory_order_relaxed);
  stats.easing = easing();
  stats.received_voice_frames = received_frames_.load(std::memory_order_relaxed);
  if (const Path datagrams = path()) stats.path = datagrams->status();
  const absl::MutexLock lock(&merge_mutex_);
  stats.path.duplicate_frames = merge_.duplicates();
}

void VoiceWays::begin(wire::Welcome& welcome, const std::optional<base::Address>& peer) {
  const std::optional<DatagramCourse::Options> offered = take_offer(welcome);
  Path next;
  if (datagrams_ && offered && peer) {
    // No socket, no datagrams: voice goes by the stream.
    auto opened = DatagramPath::open({peer->host, offered->port}, *offered, hooks());
    if (opened.ok()) next = *std::move(opened);
  }
  if (next) {
    const absl::MutexLock lock(&merge_mutex_);
    merges_ = true;
  }
  replace(std::move(next));
}

void VoiceWays::replace(Path next) {
  {
    const absl::MutexLock lock(&path_mutex_);
    retired_ = std::exchange(path_, std::move(next));
  }
  if (retired_) retired_->retire();
}

void VoiceWays::end() {
  replace(nullptr);
  retired_.reset();
}

void VoiceWays::on_voice(wire::VoicePackets packets) {
  if (const Path datagrams = path()) datagrams->heard_by_stream();
  deliver(std::move(packets), wire::Via::kStream);
}

void VoiceWays::told(const datagram::Report& report) {
  if (const Path datagrams = path()) datagrams->told(report);
}

void VoiceWays::deliver(wire::VoicePackets packets, wire::Via via) {
  const absl::MutexLock lock(&merge_mutex_);
  if (merges_) merge_.thin(packets);
  if (packets.empty()) return;
  received_frames_.fetch_add(packets.size(), std::memory_order_relaxed);
  handler_.on_voice(std::move(packets), via);
}

VoiceWays::Path VoiceWays::path() const {
  const absl::MutexLock lock(&path_mutex_);
  return path_;
}

DatagramPath::Hooks VoiceWays::hooks() {
  return {[this](wire::VoicePackets packets) { deliver(std::move(packets), wire::Via::kDatagram); },
          [this](const datagram::Report& report) { inbox_.send(report); },
          [this] { handler_.on_path(); }};
}

}  // namespace comcat::transport
