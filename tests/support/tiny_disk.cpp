#include "support/tiny_disk.h"

#include <filesystem>
#include <fstream>

namespace comcat::testing {

std::unique_ptr<TinyDisk> TinyDisk::make(unsigned kib) {
  std::unique_ptr<TinyDisk> disk(new TinyDisk);
  disk->space_ = Namespace::make(Namespace::Kind::kMount);
  if (!disk->space_ ||
      !disk->space_->run({"/usr/bin/mount", "-t", "tmpfs", "-o",
                          "size=" + std::to_string(kib) + "k", "comcat-test", disk->path()})) {
    return nullptr;
  }
  return disk;
}

std::string TinyDisk::outside(const std::string& name) const {
  return space_->outside(path() + "/" + name);
}

std::vector<std::string> TinyDisk::files(const std::string& directory) const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(outside(directory))) {
    names.push_back(entry.path().filename());
  }
  return names;
}

std::optional<std::string> TinyDisk::read(const std::string& name) const {
  std::ifstream file(outside(name), std::ios::binary);
  if (!file) return std::nullopt;
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

void TinyDisk::remove(const std::string& name) const {
  std::filesystem::remove(outside(name));
}

void TinyDisk::write(const std::string& name, const std::string& text) const {
  std::ofstream(outside(name), std::ios::binary) << text;
}

}  // namespace comcat::testing
