#pragma once

/// Marks a function that the sound card's thread calls. Such a function never blocks, allocates,
/// frees, locks, logs, throws or makes a system call that can wait; what it shares with other
/// threads goes through an SpscRing or an atomic. tests/support/no_alloc.h counts violations.
/// Threads: the sound card's; where others may call such a function, its own header says so.
#define COMCAT_REALTIME noexcept
