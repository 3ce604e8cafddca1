#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

/// What a client remembers of servers and people from one run to the next, and its file.
namespace comcat::client {

/// Somebody whom a user hears in his own way. Threads: a plain value.
struct PersonMemory {
  std::string name;    // normal form
  std::string device;  // base::key_fingerprint() of the key; empty: whoever goes by the name
  int volume_percent = 100;
  bool ignored = false;

  friend bool operator==(const PersonMemory&, const PersonMemory&) = default;
};

/// Of one server. Threads: a plain value.
struct ServerMemory {
  static constexpr std::size_t kMaxPeople = 200;  // the oldest are forgotten first

  std::string room;  // the last; empty: none
  bool muted = false;
  std::vector<PersonMemory> people;

  friend bool operator==(const ServerMemory&, const ServerMemory&) = default;
  [[nodiscard]] bool is_empty() const { return *this == ServerMemory{}; }
};

/// Of all servers, the one used last at the end. Threads: a plain value.
struct Memory {
  struct Server {
    std::string address;  // base::to_string()
    ServerMemory memory;
  };
  static constexpr std::size_t kMaxServers = 100;  // the oldest are forgotten first

  std::vector<Server> servers;

  [[nodiscard]] ServerMemory of(std::string_view address) const;
  /// In place of what was known of that server; nothing of it is left where `memory` is empty.
  void set(const std::string& address, ServerMemory memory);
};

/// kDataLoss where the text is none that to_text() makes. Safe on any bytes. Threads: any.
[[nodiscard]] absl::StatusOr<Memory> parse_memory(std::string_view text);
[[nodiscard]] std::string to_text(const Memory& memory);

/// The file `remembered` in a state directory: mode 0600, at most kMaxBytes, always whole. One that
/// is damaged is renamed to `remembered.damaged` (or `.damaged-2`...) and never written over.
/// Threads: one at a time; several programs may use the same file.
class MemoryFile {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{4} * 1024 * 1024;

  /// `directory` "": nothing is remembered.
  explicit MemoryFile(const std::string& directory);

  /// Of that server. An error is one sentence; what is remembered from then on is as nothing was.
  [[nodiscard]] absl::StatusOr<ServerMemory> read(const std::string& address) const;
  [[nodiscard]] absl::Status write(const std::string& address, const ServerMemory& memory) const;

 private:
  [[nodiscard]] absl::Status set_aside(const absl::Status& why) const;

  const std::string path_;  // "": none
};

}  // namespace comcat::client
