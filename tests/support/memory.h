#pragma once

namespace comcat::testing {

/// Whether the memory of our programs says anything of them: AddressSanitizer keeps what was freed,
/// 256 MiB of it, and shadows of all.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kMemoryIsOurs = false;
#else
inline constexpr bool kMemoryIsOurs = true;
#endif

}  // namespace comcat::testing
