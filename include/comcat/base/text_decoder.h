#pragma once

#include <string>
#include <string_view>

namespace comcat::base {

/// Makes UTF-8 of what editors and shells write: takes byte order marks away where lines begin, as
/// files that were joined have one in the middle, and what adds one does not look whether there is
/// one, and turns UTF-16 (with its mark, or known by the NUL beside the first letter) into UTF-8.
/// Bytes may come in pieces of any size. All else is passed on as it is; malformed UTF-16 becomes
/// U+FFFD.
/// Threads: one.
class TextDecoder {
 public:
  /// The text of `bytes`, as far as it is known.
  [[nodiscard]] std::string decode(std::string_view bytes);
  /// The text of what was held back for a byte that has not come.
  [[nodiscard]] std::string finish();

 private:
  enum class Encoding { kUnknown, kUtf8, kUtf16Little, kUtf16Big };

  /// Decides on the encoding; false while more bytes are needed.
  bool recognise();
  [[nodiscard]] std::string without_marks(std::string decoded, bool is_last);
  void append_unit(char16_t unit, std::string& out);
  void append_utf16(std::string& out);

  Encoding encoding_ = Encoding::kUnknown;
  std::string held_;             // not yet decoded
  char16_t high_surrogate_ = 0;  // of a pair whose second half is to come
  bool line_begins_ = true;      // with what is decoded next
  std::string maybe_mark_;       // decoded, the beginning of what may be a mark
};

/// All of a file's bytes as UTF-8.
[[nodiscard]] std::string decode_text(std::string_view bytes);

}  // namespace comcat::base
