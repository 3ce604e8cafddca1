#include "comcat/transport/address.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

TEST(Address, ComesInEveryUsualForm) {
  const std::pair<const char*, const char*> kForms[] = {
      {"example.org", "example.org:50051"},
      {"Example.ORG:4000", "example.org:4000"},
      {"192.0.2.1", "192.0.2.1:50051"},
      {"192.0.2.1:1", "192.0.2.1:1"},
      {"::1", "[::1]:50051"},
      {"[2001:db8::1]:65535", "[2001:db8::1]:65535"},
      {"[::1]", "[::1]:50051"},
      {"my_host-2:99", "my_host-2:99"},
  };
  for (const auto& [text, shown] : kForms) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(shown, to_string(*address));
  }
}

TEST(Address, AnythingElseIsRefusedInOneSafeSentence) {
  for (const char* const text :
       {"", ":4000", "host:", "host:0", "host:65536", "host:-1", "host:4000x", "a b", "a:1:2",
        "[::1", "[::1]4000", "[host]:1", "-x", "h\x1b[31m", "https://example.org", "xn\xC3\xA4"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(absl::StatusCode::kInvalidArgument, address.status().code());
    const std::string sentence(address.status().message());
    EXPECT_EQ(std::string::npos, sentence.find_first_of("\n\x1b"));
  }
}

TEST(Address, ANulDoesNotEndIt) {
  EXPECT_FALSE(parse_address(std::string("::1\0.example.org", 16)).ok());
  EXPECT_FALSE(parse_address(std::string("[::1\0]:1", 8)).ok());
}

}  // namespace
}  // namespace comcat::transport
