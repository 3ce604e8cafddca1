#pragma once

#include <string>

#include "comcat/base/signing_key.h"

#include "absl/status/statusor.h"

namespace comcat::client {

/// The key by which servers know this device again: `device_key` in the state directory, PKCS #8 in
/// PEM form, mode 0600. Made where there is none, whole or not at all, also where two clients start
/// at once; what is there is never written over.
///
/// Errors     one sentence that says what to do: nobody else may read the key, nor have written it,
///            and it has to be one.
/// Threads    any.
[[nodiscard]] absl::StatusOr<base::SigningKey> device_key(const std::string& state_directory);

}  // namespace comcat::client
