#pragma once

#include <optional>
#include <string>

#include "comcat/base/signing_key.h"
#include "comcat/client/options.h"
#include "comcat/transport/voice_stream.h"

/// What a call wants of its stream. Values and functions of them. Threads: any.
namespace comcat::client {

[[nodiscard]] transport::VoiceStream::Options stream_options(const ClientOptions& options);

/// The key of this device; nothing where it is not to be known, or, as `trouble` then says for the
/// user, cannot.
[[nodiscard]] std::optional<base::SigningKey> key_of_device(const ClientOptions& options,
                                                            std::string& trouble);

}  // namespace comcat::client
