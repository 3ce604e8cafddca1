#pragma once

#include <string>

namespace comcat::testing {

/// What a server on 127.0.0.1:`port` answers to `request` until it closes the connection or nothing
/// has come for `patience_ms`. Empty where nothing answers.
[[nodiscard]] std::string answer_to(int port, const std::string& request, int patience_ms = 5000);

/// The whole HTTP/1.0 answer to a GET of `path`.
[[nodiscard]] std::string http_get(int port, const std::string& path);

}  // namespace comcat::testing
