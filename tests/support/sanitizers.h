#pragma once

namespace comcat::testing {

/// Under AddressSanitizer a program's memory says nothing of it: what was freed is kept, 256 MiB of
/// it, beside shadows of all.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitized = true;
#else
inline constexpr bool kAddressSanitized = false;
#endif

/// Under any sanitizer a program is too slow for real time, and nothing can be preloaded into it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace comcat::testing
