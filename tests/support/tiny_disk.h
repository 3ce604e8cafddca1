#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/namespace.h"
#include "support/process.h"

namespace comcat::testing {

/// A file system with room for one page (4 KiB), or as many KiB as are said, mounted on a directory
/// of its own. Programs that are started inside() see it; the test reaches into it from outside.
class TinyDisk {
 public:
  /// Null where this user may not make one, see Namespace.
  [[nodiscard]] static std::unique_ptr<TinyDisk> make(unsigned kib = 4);

  /// The directory as programs inside name it.
  [[nodiscard]] const std::string& path() const { return directory_.path(); }
  [[nodiscard]] Process::Options inside() const { return space_->inside(); }

  /// The names in it, or in a directory on it.
  [[nodiscard]] std::vector<std::string> files(const std::string& directory = "") const;
  /// Nothing where there is no such file.
  [[nodiscard]] std::optional<std::string> read(const std::string& name) const;
  /// As much of it as there is room for.
  void write(const std::string& name, const std::string& text) const;
  void remove(const std::string& name) const;

 private:
  TinyDisk() = default;
  [[nodiscard]] std::string outside(const std::string& name) const;

  const TemporaryDirectory directory_;
  std::unique_ptr<Namespace> space_;
};

}  // namespace comcat::testing
