#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include <readerwriterqueue/readerwritercircularbuffer.h>

#include "comcat/base/realtime.h"

namespace comcat::base {

/// A bounded queue between exactly one producer thread and one consumer thread, without locks
/// (moodycamel::BlockingReaderWriterCircularBuffer).
///
/// Capacity   fixed at construction, in items; the memory is taken there and never again.
/// Overflow   push() refuses the new item and the caller counts it.
/// Threads    push() from the producer alone, pop() and wait_pop() from the consumer alone.
///            push() and pop() never wait, allocate or lock; T's move must not either.
template <typename T>
class SpscRing {
 public:
  explicit SpscRing(std::size_t capacity_items) : queue_(capacity_items) {}

  /// False when the ring is full; `item` is then unchanged.
  [[nodiscard]] bool push(T&& item) COMCAT_REALTIME { return queue_.try_enqueue(std::move(item)); }
  [[nodiscard]] bool push(const T& item) COMCAT_REALTIME { return queue_.try_enqueue(item); }

  /// False when the ring is empty.
  [[nodiscard]] bool pop(T& item) COMCAT_REALTIME { return queue_.try_dequeue(item); }

  /// Waits for an item for at most `timeout`. Not for a sound card's thread.
  [[nodiscard]] bool wait_pop(T& item, std::chrono::microseconds timeout) {
    return queue_.wait_dequeue_timed(item, timeout);
  }

  /// Items waiting; exact only for the calling side.
  [[nodiscard]] std::size_t size() const COMCAT_REALTIME { return queue_.size_approx(); }

 private:
  moodycamel::BlockingReaderWriterCircularBuffer<T> queue_;
};

}  // namespace comcat::base
