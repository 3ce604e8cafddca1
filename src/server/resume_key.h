#pragma once

#include <string>

/// By what somebody comes back as who they were. Threads: any.
namespace comcat::server {

/// wire::kResumeKeyBytes that nobody guesses.
[[nodiscard]] std::string make_resume_key();

/// What other nodes are told of it, from which nobody finds the key: SHA-256. "" of "".
[[nodiscard]] std::string key_hash_of(const std::string& resume_key);

}  // namespace comcat::server
