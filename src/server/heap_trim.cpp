#include "comcat/server/heap_trim.h"

#include <fstream>

#include <malloc.h>
#include <unistd.h>

namespace comcat::server {
namespace {

constexpr std::chrono::seconds kInterval{3};
constexpr std::size_t kMuch = std::size_t{16} * 1024 * 1024;

}  // namespace

HeapUse HeapUse::now() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size_pages = 0;
  std::size_t resident_pages = 0;
  statm >> size_pages >> resident_pages;
  const struct mallinfo2 heap = mallinfo2();
  return {resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)),
          heap.uordblks + heap.hblkhd};
}

bool HeapTrim::wanted(const HeapUse& use, base::Time now) {
  next_ = now + kInterval;
  const std::size_t idle = use.resident - std::min(use.used, use.resident);
  if (!idle_ || idle < *idle_) idle_ = idle;
  return idle > *idle_ + kMuch;
}

}  // namespace comcat::server
