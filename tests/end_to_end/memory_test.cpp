// What the memory of a server holds of secrets.

#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

#include "end_to_end/client_fixtures.h"
#include "support/sanitizers.h"

namespace comcat::testing {
namespace {

enum class Memory { kAll, kAllButStacks };

/// As large as the stack of a thread.
bool may_be_stack(std::size_t bytes) {
  rlimit limit{};
  return ::getrlimit(RLIMIT_STACK, &limit) == 0 && bytes == limit.rlim_cur;
}

/// Whether `words` stand anywhere in that memory of `process`; nothing where it cannot be read.
std::optional<bool> is_in_memory(const Process& process, const std::string& words,
                                 Memory which = Memory::kAll) {
  std::ifstream memory("/proc/" + std::to_string(process.pid()) + "/mem", std::ios::binary);
  if (!memory) return std::nullopt;
  std::ifstream maps("/proc/" + std::to_string(process.pid()) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    std::size_t from = 0;
    std::size_t to = 0;
    char dash = 0;
    std::istringstream(line) >> std::hex >> from >> dash >> to;
    if (line.find(" rw") == std::string::npos || to - from > (std::size_t{64} << 20)) continue;
    if (which == Memory::kAllButStacks && may_be_stack(to - from)) continue;
    std::string bytes(to - from, '\0');
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(from));
    memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (bytes.find(words) != std::string::npos) return true;
  }
  return false;
}

TEST_F(ClientTest, AServerKeepsNoPasscodeInItsMemory) {
  Process::Options options;
  options.environment = {{"COMCAT_PASSCODE", "a-long-and-rare-passcode"}};
  Process server({program("comcat-server"), "--listen=127.0.0.1:0", "--insecure"}, options);
  ASSERT_TRUE(server.wait_for_line(Process::kErr, "listening"));
  const std::optional<bool> found = is_in_memory(server, "a-long-and-rare-passcode");
  // Nobody but root can look at all: there are no core dumps either.
  EXPECT_EQ(::geteuid() == 0, found.has_value());
  // AddressSanitizer keeps a copy of the environment.
  if (!kAddressSanitized) {
    EXPECT_FALSE(found.value_or(false));
  }
}

/// Waits until `words` are not there any more, but for stacks.
bool goes_from_memory(const Process& process, const std::string& words) {
  const auto deadline = std::chrono::steady_clock::now() + Process::kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (!is_in_memory(process, words, Memory::kAllButStacks).value_or(false)) return true;
  }
  return false;
}

/// gRPC keeps strings of up to 23 bytes and longer ones in different places.
class AfterACall : public ClientTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(AfterACall, NothingThatAServerFreedHoldsTheCallersPasscode) {
  if (kAddressSanitized) GTEST_SKIP() << "AddressSanitizer keeps what is freed";
  if (::geteuid() != 0) GTEST_SKIP() << "only root can look into a server";
  ServerProcess server({"--passcode=" + GetParam()}, true);
  Process client(command(server.host(), {"--name=an", "--passcode=" + GetParam()}));
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "connected to"));
  EXPECT_TRUE(is_in_memory(server.process(), GetParam(), Memory::kAllButStacks).value_or(false))
      << "then this test looks wrongly";
  EXPECT_EQ(0, client.finish());
  EXPECT_TRUE(goes_from_memory(server.process(), GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Passcodes, AfterACall,
                         ::testing::Values("a-rare-passcode",
                                           "a-long-and-rare-passcode-of-many-letters"));

}  // namespace
}  // namespace comcat::testing
