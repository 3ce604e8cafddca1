// Certificate and key files of any content: loaded or refused with a sentence. The input is the
// certificate, a zero byte, and the key.

#include <optional>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/certificate_fingerprint.h"
#include "comcat/base/text.h"
#include "comcat/server/certificate.h"

#include "fuzz/fuzz.h"

namespace {

/// A file in memory that can be opened by its path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
    COMCAT_FUZZ_CHECK(::fchmod(fd_, 0600) == 0);  // as a key is kept
    COMCAT_FUZZ_CHECK(::write(fd_, content.data(), content.size()) ==
                      static_cast<ssize_t>(content.size()));
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(fd_); }

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace comcat;
  const std::string_view input = fuzz::as_text(data, size);
  const std::string certificate(input.substr(0, input.find('\0')));
  const std::string key(input.substr(std::min(input.size(), certificate.size() + 1)));
  const std::optional<std::string> print = base::certificate_fingerprint(certificate);
  COMCAT_FUZZ_CHECK(!print || print->size() == 7 + 43);
  const MemoryFile certificate_file(certificate);
  const MemoryFile key_file(key);
  const auto loaded = server::load_certificate(certificate_file.path(), key_file.path());
  if (loaded.ok()) {
    COMCAT_FUZZ_CHECK(print.has_value());
    COMCAT_FUZZ_CHECK(loaded->certificate_pem == certificate && loaded->key_pem == key);
  } else {
    COMCAT_FUZZ_CHECK(absl::IsInvalidArgument(loaded.status()));
    COMCAT_FUZZ_CHECK(base::is_safe_text(std::string(loaded.status().message())));
  }
  return 0;
}
