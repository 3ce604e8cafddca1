#include "comcat/playout/sample_queue.h"

#include <algorithm>

namespace comcat::playout {
namespace {

constexpr std::size_t kCompactAt = 8192;  // played samples that are kept at most before they go

}  // namespace

SampleQueue::SampleQueue() : samples_(kHistorySamples) {}

void SampleQueue::push(std::span<const float> samples) {
  if (head_ > kHistorySamples + kCompactAt) {
    samples_.erase(samples_.begin(),
                   samples_.begin() + static_cast<std::ptrdiff_t>(head_ - kHistorySamples));
    head_ = kHistorySamples;
  }
  samples_.insert(samples_.end(), samples.begin(), samples.end());
}

void SampleQueue::pop(std::span<float> out) {
  std::ranges::copy(waiting().first(out.size()), out.begin());
  head_ += out.size();
}

void SampleQueue::remove(std::size_t count, std::span<const float> blend) {
  float* const head = samples_.data() + head_;
  std::ranges::copy(blend, head + count);
  std::copy_backward(head - kHistorySamples, head, head + count);  // history stays what was heard
  head_ += count;
}

void SampleQueue::replace_front(std::span<const float> samples) {
  std::ranges::copy(samples, samples_.data() + head_);
}

void SampleQueue::prepend(std::span<const float> samples) {
  samples_.insert(samples_.begin() + static_cast<std::ptrdiff_t>(head_), samples.begin(),
                  samples.end());
}

}  // namespace comcat::playout
