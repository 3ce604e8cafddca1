#include "comcat/server/certificate.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/file_trust.h"
#include "comcat/base/log.h"
#include "comcat/base/text.h"

#include "openssl_handles.h"
#include "tls_handshake.h"

namespace comcat::server {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOwnCertificate = "server.crt";
constexpr const char* kOwnKey = "server.key";
constexpr long kTenYearsSeconds = 10L * 365 * 24 * 3600;

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

X509Ptr parse_certificate(const std::string& pem) {
  return X509Ptr(PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr));
}

bool add_extension(X509* certificate, int nid, const char* value) {
  using Extension = Handle<X509_EXTENSION_free, X509_EXTENSION>;
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool describe(X509* certificate, EVP_PKEY* key) {
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), serial.size()) != 1) return false;
  serial[0] &= 0x7F;
  using BigNumber = Handle<BN_free, BIGNUM>;
  const BigNumber number(BN_bin2bn(serial.data(), serial.size(), nullptr));
  X509_set_version(certificate, X509_VERSION_3);
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
  X509_gmtime_adj(X509_getm_notBefore(certificate), -24L * 3600);  // clocks differ
  X509_gmtime_adj(X509_getm_notAfter(certificate), kTenYearsSeconds);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  const auto* common_name = reinterpret_cast<const unsigned char*>("comcat");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  return add_extension(certificate, NID_subject_alt_name, "DNS:comcat,DNS:localhost") &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

/// One for `key`.
absl::StatusOr<Certificate> make_certificate(const Key& key) {
  const X509Ptr certificate(X509_new());
  const Bio certificate_pem(BIO_new(BIO_s_mem()));
  const Bio key_pem(BIO_new(BIO_s_mem()));
  if (!key || !certificate || !describe(certificate.get(), key.get()) ||
      PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return absl::InternalError("cannot make a certificate: OpenSSL failed");
  }
  return Certificate{contents(certificate_pem.get()), contents(key_pem.get())};
}

/// Who else may have written it is of no matter for a certificate, which its key has to fit.
enum class Content { kPublic, kSecret };

absl::StatusOr<std::string> read_file(const fs::path& path, Content content) {
  const std::string what = "cannot read " + base::safe_text(path.string()) + ": ";
  const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (file.valid() && ::fstat(file.get(), &info) == 0 && !S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(what + "it is not a file");  // a pipe has no end
  }
  if (content == Content::kSecret) {
    if (const std::string why = base::distrust(file.get()); !why.empty()) {
      return absl::InvalidArgumentError(what + why);
    }
  }
  std::string text;
  std::array<char, 4096> buffer{};
  while (file.valid()) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got == 0) return text;
    if (got < 0 && errno != EINTR) break;
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return absl::InvalidArgumentError(what + std::strerror(errno) +
                                    "; the server must be able to read it");
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Writes the whole file beside `path`, then renames it there: never half a file.
absl::Status write_file(const fs::path& path, const std::string& text, int mode) {
  const std::string beside = path.string() + ".new";
  ::unlink(beside.c_str());
  base::FileDescriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  const bool written = file.valid() && write_all(file.get(), text) && ::fsync(file.get()) == 0;
  const int error = errno;
  file.reset();
  if (written && ::rename(beside.c_str(), path.c_str()) == 0) return absl::OkStatus();
  ::unlink(beside.c_str());
  return absl::UnavailableError("cannot write " + base::safe_text(path.string()) + ": " +
                                std::strerror(error) + "; " +
                                (error == ENOSPC || error == EDQUOT ? "make room, or " : "") +
                                "choose another place with --state_dir");
}

/// Takes a key from everyone else's eyes, where it was not kept as it was made. One that others
/// could write is left as it is: nobody will believe it.
void close_to_others(const fs::path& key) {
  const base::FileDescriptor file(::open(key.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!base::distrust(file.get()).empty()) return;
  std::error_code error;
  const fs::perms mode = fs::status(key, error).permissions();
  if (error || (mode & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none) return;
  fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write, error);
  base::log(base::LogLevel::kWarning, error ? "key_is_open_to_others" : "key_was_open_to_others",
            {{"file", key.string()}});
}

/// The key in a file that no certificate stands beside.
absl::StatusOr<Key> lone_key(const fs::path& path) {
  const absl::StatusOr<std::string> pem = read_file(path, Content::kSecret);
  if (!pem.ok()) return pem.status();
  Key key = parse_key(*pem);
  if (key) return key;
  return absl::InvalidArgumentError(base::safe_text(path.string()) +
                                    " is there without server.crt and holds no unencrypted private "
                                    "key in PEM form; move it away, and a new one is made");
}

}  // namespace

absl::StatusOr<Certificate> load_certificate(const fs::path& certificate, const fs::path& key) {
  absl::StatusOr<std::string> certificate_pem = read_file(certificate, Content::kPublic);
  if (!certificate_pem.ok()) return certificate_pem.status();
  absl::StatusOr<std::string> key_pem = read_file(key, Content::kSecret);
  if (!key_pem.ok()) return key_pem.status();
  const X509Ptr parsed = parse_certificate(*certificate_pem);
  if (!parsed) {
    return absl::InvalidArgumentError(base::safe_text(certificate.string()) +
                                      " holds no certificate in PEM form; put a good one there");
  }
  const Key parsed_key = parse_key(*key_pem);
  if (!parsed_key) {
    return absl::InvalidArgumentError(
        base::safe_text(key.string()) +
        " holds no unencrypted private key in PEM form; put a good one there");
  }
  if (X509_check_private_key(parsed.get(), parsed_key.get()) != 1) {
    return absl::InvalidArgumentError(
        "the key " + base::safe_text(key.string()) + " is not that of the certificate " +
        base::safe_text(certificate.string()) + "; put the two there that belong together");
  }
  if (!shakes_hands(*certificate_pem, *key_pem)) {
    return absl::InvalidArgumentError("TLS does not take the certificate " +
                                      base::safe_text(certificate.string()) +
                                      "; use a key of RSA with 2048 bits or of EC P-256");
  }
  return Certificate{std::move(*certificate_pem), std::move(*key_pem)};
}

absl::StatusOr<Certificate> own_certificate(const fs::path& state_dir) {
  const fs::path certificate_path = state_dir / kOwnCertificate;
  const fs::path key_path = state_dir / kOwnKey;
  if (const std::string why = base::distrust_directory(state_dir); !why.empty()) {
    return absl::InvalidArgumentError("the directory " + base::safe_text(state_dir.string()) +
                                      " is not believed: " + why +
                                      ", or choose another place with --state_dir");
  }
  std::error_code error;
  const bool has_certificate = fs::exists(certificate_path, error);
  if (has_certificate && fs::exists(key_path, error)) {
    close_to_others(key_path);
    return load_certificate(certificate_path, key_path);
  }
  if (has_certificate) {  // callers remember it: none is made in its place unasked
    return absl::InvalidArgumentError(
        base::safe_text(certificate_path.string()) +
        " is there without server.key; put the key back beside it, or remove the certificate and "
        "let your callers know that it changes");
  }
  fs::create_directories(state_dir, error);
  if (error) {
    return absl::UnavailableError("cannot make the directory " +
                                  base::safe_text(state_dir.string()) + ": " + error.message() +
                                  "; choose another place with --state_dir");
  }
  // A key that is there is somebody's, and used rather than written over.
  const bool has_key = fs::exists(key_path, error);
  if (has_key) close_to_others(key_path);
  absl::StatusOr<Key> key =
      has_key ? lone_key(key_path) : absl::StatusOr<Key>(Key(EVP_EC_gen("P-256")));
  if (!key.ok()) return key.status();
  absl::StatusOr<Certificate> made = make_certificate(*key);
  if (!made.ok()) return made;
  // Should it end here, no certificate is left beside a key that is not its own.
  fs::remove(certificate_path, error);
  absl::Status written = has_key ? absl::OkStatus() : write_file(key_path, made->key_pem, 0600);
  if (written.ok()) written = write_file(certificate_path, made->certificate_pem, 0644);
  if (!written.ok()) {  // a key of ours without its certificate is of no use
    if (!has_key) fs::remove(key_path, error);
    return written;
  }
  return made;
}

absl::StatusOr<Certificate> reread_own_certificate(const fs::path& state_dir) {
  return load_certificate(state_dir / kOwnCertificate, state_dir / kOwnKey);
}

}  // namespace comcat::server
