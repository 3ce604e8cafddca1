#pragma once

#include <string>

namespace comcat::testing {

/// A certificate for tests with its key, both PEM: EC P-256, valid for a day around now.
struct TestCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

/// For `host` (a DNS name, or an IP address), self-signed.
[[nodiscard]] TestCertificate make_self_signed(const std::string& host);

/// An authority, and a certificate for `host` that it vouches for.
[[nodiscard]] TestCertificate make_authority();
[[nodiscard]] TestCertificate make_signed(const std::string& host,
                                          const TestCertificate& authority);

}  // namespace comcat::testing
