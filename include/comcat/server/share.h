#pragma once

#include <cstdint>
#include <string>

namespace comcat::server {

/// Whose a speaker is, where several may be one's. Opaque: equal is the same owner.
enum class Share : std::uint64_t {};

/// The share of who is known by `owner`: today what admission_address() makes of an address.
/// Threads: any.
[[nodiscard]] Share share_of(const std::string& owner);

}  // namespace comcat::server
