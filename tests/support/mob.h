#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace comcat::testing {

/// What a client of TLS says first.
[[nodiscard]] std::string client_hello();

/// Many strangers at once at a server: each connects, says what all of them say, and stays; who is
/// cut comes back at once. None of them reads more than it must.
///
/// Threads    a test's one thread; one of its own does what they do.
class Mob {
 public:
  struct Options {
    int port = 0;
    std::size_t strangers = 400;
    std::size_t addresses = 1;  // 127.0.0.1, and others of this machine
    bool elsewhere = false;     // 127.0.0.1 is not among them
    bool tls = true;            // they shake hands before they speak
    std::string words{};
    std::size_t at_a_time = 0;   // bytes, each 10 ms; 0: all at once
    bool hangs_up = false;       // having said it, and comes back
    std::size_t connects = 300;  // a second, of all together
  };

  explicit Mob(Options options);
  /// They all go.
  ~Mob();

  [[nodiscard]] std::uint64_t connections() const { return connections_.load(); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_.load(); }

 private:
  class Stranger;

  void run(const std::stop_token& stop);
  void come_back(std::size_t at_most);

  const Options options_;
  std::vector<std::unique_ptr<Stranger>> strangers_;
  std::size_t next_ = 0;  // who comes back first
  std::atomic<std::uint64_t> connections_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::jthread thread_;
};

}  // namespace comcat::testing
