#pragma once

#include <string>
#include <vector>

#include "comcat/transport/address.h"
#include "comcat/transport/known_hosts.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::transport {

struct TrustOptions {
  base::Address address;
  std::string state_directory;
  /// --trust: the one fingerprint that is accepted; nothing is looked up or pinned.
  std::string only_fingerprint;
  /// In its place, of a server that the user did not name: what another of its cluster has told,
  /// which is trusted itself.
  std::string told_fingerprint{};
  /// Certificate authorities in place of the system's.
  std::string authorities_file;
};

/// What to think of a server's certificate.
struct Judgement {
  bool trusted = false;
  std::string fingerprint;
  /// For the user when not trusted: what is wrong and what to do; several lines.
  std::string refusal;
};

/// Decides whether a server is who it was. In this order:
///   1. --trust, or another server of the cluster, names one fingerprint: that one, no other.
///   2. known_hosts has a pin for the address: the same fingerprint, or refused; but a certificate
///      that a public authority vouches for, for this host name, may replace a pinned one.
///   3. A public authority vouches for it: trusted without a pin.
///   4. Seen for the first time: pinned, and the user is shown the fingerprint.
///
/// Threads    any. judge() reads and writes small files; gRPC calls it during the handshake, before
///            anything of ours (the passcode!) has been sent.
class CertificateJudge {
 public:
  explicit CertificateJudge(TrustOptions options);

  /// `pem_chain` begins with the server's own certificate.
  [[nodiscard]] Judgement judge(const std::string& pem_chain);

  /// Of the latest certificate; "" where there was none.
  [[nodiscard]] std::string fingerprint() const;

  /// Why the latest certificate was refused; "" when it was not.
  [[nodiscard]] std::string refusal() const;

  /// Sentences for the user since the last call: a certificate was pinned, or could not be.
  [[nodiscard]] std::vector<std::string> take_notices();

 private:
  [[nodiscard]] Judgement decide(const std::string& pem_chain);
  [[nodiscard]] Judgement by_pin(const std::string& fingerprint, const KnownHost& pinned) const;
  void pin(const std::string& fingerprint);
  [[nodiscard]] Judgement by_unwritten_pin(const std::string& fingerprint) const;

  const TrustOptions options_;
  const KnownHosts known_hosts_;
  mutable absl::Mutex mutex_;
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);
  std::string refusal_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> notices_ ABSL_GUARDED_BY(mutex_);
  /// The pin that could not be written: it holds for as long as this process lives.
  std::string unwritten_pin_ ABSL_GUARDED_BY(mutex_);
};

/// True when `pem_chain` leads to an authority in `authorities_file` (or the system's, when empty)
/// and its first certificate is for `host`, a name or an IP address.
[[nodiscard]] bool vouched_for(const std::string& pem_chain, const std::string& host,
                               const std::string& authorities_file);

}  // namespace comcat::transport
