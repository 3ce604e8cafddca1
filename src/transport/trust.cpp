#include "comcat/transport/trust.h"

#include <optional>
#include <utility>

#include "comcat/base/certificate_fingerprint.h"
#include "comcat/base/text.h"

namespace comcat::transport {
namespace {

Judgement trusted(const std::string& fingerprint) {
  return {true, fingerprint, ""};
}

Judgement refused(const std::string& fingerprint, std::string why) {
  return {false, fingerprint, std::move(why)};
}

}  // namespace

CertificateJudge::CertificateJudge(TrustOptions options)
    : options_(std::move(options)), known_hosts_(options_.state_directory) {}

Judgement CertificateJudge::judge(const std::string& pem_chain) {
  Judgement judgement = decide(pem_chain);
  const absl::MutexLock lock(&mutex_);
  fingerprint_ = judgement.fingerprint;
  refusal_ = judgement.refusal;
  return judgement;
}

Judgement CertificateJudge::decide(const std::string& pem_chain) {
  const std::optional<std::string> fingerprint = base::certificate_fingerprint(pem_chain);
  if (!fingerprint) return refused("", "the server's certificate is malformed");
  if (!options_.told_fingerprint.empty()) {
    if (*fingerprint == options_.told_fingerprint) return trusted(*fingerprint);
    return refused(*fingerprint, "the certificate of " + to_string(options_.address) +
                                     " is not the one that its cluster told of: it is " +
                                     *fingerprint + "; nothing was sent there");
  }
  if (!options_.only_fingerprint.empty()) {
    if (*fingerprint == options_.only_fingerprint) return trusted(*fingerprint);
    return refused(*fingerprint, "the certificate of " + to_string(options_.address) +
                                     " is not the one that --trust names: it is " + *fingerprint +
                                     "; ask whoever runs the server which is right");
  }
  if (vouched_for(pem_chain, options_.address.host, options_.authorities_file)) {
    return trusted(*fingerprint);
  }
  const auto pinned = known_hosts_.find(to_string(options_.address));
  if (absl::IsPermissionDenied(pinned.status())) {
    return refused(*fingerprint,
                   std::string(pinned.status().message()) + ", or use --trust " + *fingerprint);
  }
  if (!pinned.ok()) {
    return refused(*fingerprint, std::string(pinned.status().message()) +
                                     "; nobody can tell whether the certificate is the one seen " +
                                     "before: make the file readable, or use --trust " +
                                     *fingerprint);
  }
  if (pinned->has_value()) return by_pin(*fingerprint, **pinned);
  Judgement judgement = by_unwritten_pin(*fingerprint);
  if (judgement.trusted) pin(*fingerprint);
  return judgement;
}

Judgement CertificateJudge::by_pin(const std::string& fingerprint, const KnownHost& pinned) const {
  if (fingerprint == pinned.fingerprint) return trusted(fingerprint);
  return refused(
      fingerprint,
      "THE CERTIFICATE OF " + to_string(options_.address) + " HAS CHANGED.\n" +
          "Someone may be listening in between (a man-in-the-middle attack), or the server has a " +
          "new certificate.\n" + "  now:    " + fingerprint + "\n" +
          "  before: " + pinned.fingerprint + "\n" +
          "Nothing was sent, your passcode neither. If whoever runs the server confirms the new " +
          "fingerprint,\nremove line " + std::to_string(pinned.line) + " of " +
          base::safe_text(known_hosts_.path()) + " and connect again");
}

Judgement CertificateJudge::by_unwritten_pin(const std::string& fingerprint) const {
  const absl::MutexLock lock(&mutex_);
  if (unwritten_pin_.empty() || unwritten_pin_ == fingerprint) return trusted(fingerprint);
  return refused(fingerprint, "the certificate of " + to_string(options_.address) +
                                  " is no longer " + unwritten_pin_ + " but " + fingerprint +
                                  "; ask whoever runs the server, then connect again");
}

void CertificateJudge::pin(const std::string& fingerprint) {
  {
    const absl::MutexLock lock(&mutex_);
    if (!unwritten_pin_.empty()) return;
  }
  const absl::Status written = known_hosts_.add(to_string(options_.address), fingerprint);
  const std::string seen =
      "first call to " + to_string(options_.address) + ": its certificate is " + fingerprint;
  const absl::MutexLock lock(&mutex_);
  if (written.ok()) {
    notices_.push_back(seen +
                       "; compare it with what the server printed at its start (remembered " +
                       "in " + base::safe_text(known_hosts_.path()) + ")");
    return;
  }
  unwritten_pin_ = fingerprint;
  notices_.push_back(seen + ", but it cannot be remembered: " + std::string(written.message()) +
                     (absl::IsResourceExhausted(written) ? "; make room, or name another place "
                                                         : "; name a writable place ") +
                     "with --state_dir");
}

std::string CertificateJudge::fingerprint() const {
  const absl::MutexLock lock(&mutex_);
  return fingerprint_;
}

std::string CertificateJudge::refusal() const {
  const absl::MutexLock lock(&mutex_);
  return refusal_;
}

std::vector<std::string> CertificateJudge::take_notices() {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(notices_, {});
}

}  // namespace comcat::transport
