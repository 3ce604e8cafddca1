#include "comcat/playout/jitter_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "comcat/audio/frame.h"
#include "comcat/codec/decoder.h"

namespace comcat::playout {
namespace {

constexpr std::int64_t kRestartSequences = 1000;
constexpr std::int64_t kRestartSamples = 3600LL * audio::kSampleRate;
constexpr int kRestartRefusals = 8;  // that many in a row in order are a sender that went back

/// The packet's duration as codec reads it; nothing where it is malformed or says another.
std::optional<std::size_t> duration(const wire::VoicePacket& packet) {
  if (packet.payload.size() > JitterBuffer::kMaxPacketBytes) return std::nullopt;
  const std::optional<std::size_t> samples = codec::packet_samples(packet.payload);
  const bool told = packet.duration_samples != 0;
  if (told && samples != std::size_t{packet.duration_samples}) return std::nullopt;
  return samples;
}

}  // namespace

JitterBuffer::JitterBuffer() : slots_(kSlots) {}

JitterBuffer::Insert JitterBuffer::insert(const wire::VoicePacket& packet) {
  const std::optional<std::size_t> samples = duration(packet);
  if (!samples.has_value()) return Insert::kMalformed;
  arrived_ = {.sequence = packet.sequence, .timestamp = packet.timestamp, .samples = *samples};
  if (!newest_.has_value()) {
    restart();
    store(packet.payload);
    return Insert::kStored;
  }
  arrived_.sequence = wire::unwrap(packet.sequence, newest_->sequence);
  arrived_.timestamp = wire::unwrap(packet.timestamp, newest_->timestamp);
  if (jumped() || went_back()) {
    arrived_.sequence = packet.sequence;
    arrived_.timestamp = packet.timestamp;
    restart();
    store(packet.payload);
    return Insert::kRestarted;
  }
  const bool reordered = arrived_.sequence < newest_->sequence;
  if (reordered && seen(arrived_.sequence)) return Insert::kDuplicate;
  if (arrived_.sequence == newest_->sequence) return Insert::kDuplicate;
  if (reordered && is_past(arrived_.sequence)) {
    mark_seen(arrived_.sequence);
    return Insert::kLate;
  }
  store(packet.payload);
  return reordered ? Insert::kReordered : Insert::kStored;
}

bool JitterBuffer::jumped() const {
  return std::abs(arrived_.sequence - newest_->sequence) > kRestartSequences ||
         std::abs(arrived_.timestamp - newest_->timestamp) > kRestartSamples;
}

bool JitterBuffer::went_back() {
  const bool past = arrived_.sequence < newest_->sequence && is_past(arrived_.sequence);
  refusals_ = past && arrived_.sequence == last_refused_ + 1 ? refusals_ + 1 : (past ? 1 : 0);
  last_refused_ = arrived_.sequence;
  return refusals_ >= kRestartRefusals;
}

bool JitterBuffer::is_past(std::int64_t sequence) const {
  return (next_.has_value() && sequence < *next_) || newest_->sequence - sequence >= kSlots;
}

bool JitterBuffer::seen(std::int64_t sequence) const {
  return newest_->sequence - sequence < kSlots && seen_[sequence & (kSlots - 1)];
}

void JitterBuffer::mark_seen(std::int64_t sequence) {
  if (newest_->sequence - sequence < kSlots) seen_[sequence & (kSlots - 1)] = true;
}

void JitterBuffer::restart() {
  for (Slot& slot : slots_) slot.used = false;
  seen_.reset();
  count_ = 0;
  refusals_ = 0;
  next_.reset();
  newest_ = arrived_;
}

void JitterBuffer::store(const std::string& payload) {
  while (count_ > 0 && arrived_.sequence - front_ >= kSlots) pop_front();
  if (arrived_.sequence > newest_->sequence) {
    const std::int64_t first = std::max(newest_->sequence + 1, arrived_.sequence - kSlots + 1);
    for (std::int64_t s = first; s <= arrived_.sequence; ++s) seen_[s & (kSlots - 1)] = false;
    newest_ = arrived_;
  }
  seen_[arrived_.sequence & (kSlots - 1)] = true;
  Slot& stored = slot(arrived_.sequence);
  stored.used = true;
  static_cast<Arrived&>(stored.frame) = arrived_;
  stored.frame.payload = payload;
  front_ = count_ == 0 ? arrived_.sequence : std::min(front_, arrived_.sequence);
  ++count_;
}

const JitterBuffer::Frame* JitterBuffer::front() const {
  return count_ == 0 ? nullptr : &slot(front_).frame;
}

std::int64_t JitterBuffer::missing() const {
  return count_ == 0 || !next_.has_value() ? 0 : front_ - *next_;
}

void JitterBuffer::pop_front() {
  if (count_ == 0) return;
  slot(front_).used = false;
  next_ = front_ + 1;
  if (--count_ == 0) return;
  do {
    ++front_;
  } while (!slot(front_).used);
}

}  // namespace comcat::playout
