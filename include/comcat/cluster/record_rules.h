#pragma once

#include <string>

#include "comcat/wire/record_messages.h"

/// What follows from two records of one thing, whichever node has which, and in whatever order they
/// come: the result is the same. Threads: any.
namespace comcat::cluster {

[[nodiscard]] wire::BanRecord merged(const wire::BanRecord& one, const wire::BanRecord& other);
/// `one` and `other` are of one name; with at most `max_keys` devices.
[[nodiscard]] wire::ClaimRecord merged(const wire::ClaimRecord& one, const wire::ClaimRecord& other,
                                       std::size_t max_keys);
[[nodiscard]] wire::MuteRecord merged(const wire::MuteRecord& one, const wire::MuteRecord& other);

/// The same for the same record, whatever order its keys are in.
[[nodiscard]] std::string content_of(const wire::BanRecord& record);
[[nodiscard]] std::string content_of(const wire::ClaimRecord& record);
[[nodiscard]] std::string content_of(const wire::MuteRecord& record);

}  // namespace comcat::cluster
