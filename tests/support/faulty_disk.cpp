#include "support/faulty_disk.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>

#include <sqlite3.h>

namespace comcat::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};

/// What the one disk does. SQLite's functions have no argument of ours, so there is one.
struct State {
  std::mutex mutex;
  std::condition_variable changed;
  bool full = false;
  bool stuck = false;
  int waiting = 0;
  int syncs = 0;
};

State& state() {
  static State one;
  return one;
}

sqlite3_vfs* g_real_vfs = nullptr;
sqlite3_vfs g_vfs;
sqlite3_io_methods g_real;  // of whose methods writing and syncing are the same for every file

bool is_full() {
  const std::lock_guard lock(state().mutex);
  return state().full;
}

int faulty_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  return is_full() ? SQLITE_FULL : g_real.xWrite(file, bytes, count, at);
}

int faulty_sync(sqlite3_file* file, int flags) {
  {
    std::unique_lock lock(state().mutex);
    ++state().syncs;
    ++state().waiting;
    state().changed.notify_all();
    state().changed.wait(lock, [] { return !state().stuck; });
    --state().waiting;
  }
  return g_real.xSync(file, flags);
}

/// The methods of a file with two of them in other hands; databases have others than logs.
const sqlite3_io_methods* faulty(const sqlite3_io_methods* real) {
  static auto* const made = new std::map<const sqlite3_io_methods*, sqlite3_io_methods>;
  const std::lock_guard lock(state().mutex);
  sqlite3_io_methods& methods = (*made)[real];
  methods = g_real = *real;
  methods.xWrite = faulty_write;
  methods.xSync = faulty_sync;
  return &methods;
}

int faulty_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  const int result = g_real_vfs->xOpen(g_real_vfs, name, file, flags, out);
  if (result == SQLITE_OK && file->pMethods != nullptr) file->pMethods = faulty(file->pMethods);
  return result;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  if (g_real_vfs == nullptr) {
    g_real_vfs = sqlite3_vfs_find(nullptr);
    g_vfs = *g_real_vfs;
    g_vfs.zName = "comcat-faulty";
    g_vfs.xOpen = faulty_open;
  }
  if (sqlite3_vfs_register(&g_vfs, /*makeDflt=*/1) != SQLITE_OK) std::abort();
}

FaultyDisk::~FaultyDisk() {
  set_full(false);
  set_stuck(false);
  sqlite3_vfs_unregister(&g_vfs);
}

void FaultyDisk::set_full(bool full) {
  const std::lock_guard lock(state().mutex);
  state().full = full;
}

void FaultyDisk::set_stuck(bool stuck) {
  const std::lock_guard lock(state().mutex);
  state().stuck = stuck;
  state().changed.notify_all();
}

bool FaultyDisk::wait_until_stuck() {
  std::unique_lock lock(state().mutex);
  return state().changed.wait_for(lock, kPatience, [] { return state().waiting > 0; });
}

int FaultyDisk::syncs() const {
  const std::lock_guard lock(state().mutex);
  return state().syncs;
}

}  // namespace comcat::testing
