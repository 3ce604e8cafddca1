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
  for (const char* const text : {"",
                                 ":4000",
                                 "host:",
                                 "host:0",
                                 "host:65536",
                                 "host:-1",
                                 "host:4000x",
                                 "a b",
                                 "a:1:2",
                                 "[::1",
                                 "[::1]4000",
                                 "[host]:1",
                                 "-x",
                                 "h\x1b[31m",
                                 "https://example.org",
                                 "xn\xC3",
                                 "[fe80::1%]:1",
                                 "fe80::1%a b",
                                 "fe80::1%eth0/x",
                                 "fe80::1%averylongzonename",
                                 "[%eth0]",
                                 "example.org%eth0",
                                 "a\u200Db.example",
                                 "-ä.example",
                                 "a\u2026b"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(absl::StatusCode::kInvalidArgument, address.status().code());
    const std::string sentence(address.status().message());
    EXPECT_EQ(std::string::npos, sentence.find_first_of("\n\x1b"));
  }
}

TEST(Address, MayNameTheZoneOfALinkLocalAddress) {
  const std::pair<const char*, const char*> kForms[] = {
      {"fe80::1%eth0", "[fe80::1%eth0]:50051"},
      {"[FE80::1%Eth0]:4000", "[fe80::1%Eth0]:4000"},
      {"[fe80::1%2]", "[fe80::1%2]:50051"},
  };
  for (const auto& [text, shown] : kForms) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(shown, to_string(*address));
  }
  EXPECT_EQ("dns:///[fe80::1%25eth0]:50051", grpc_target(*parse_address("fe80::1%eth0")));
  EXPECT_EQ("dns:///example.org:50051", grpc_target(*parse_address("example.org")));
}

TEST(Address, BeyondAsciiComesOutAsTheDnsHasIt) {
  const std::pair<const char*, const char*> kForms[] = {
      {"bücher.example", "xn--bcher-kva.example:50051"},
      {"BU\u0308CHER.example:4000", "xn--bcher-kva.example:4000"},
      {"straße.example", "xn--strae-oqa.example:50051"},
      {"máy-chủ.example", "xn--my-ch-xqa0294c.example:50051"},
      {"例え。テスト", "xn--r8jz45g.xn--zckzah:50051"},
      {"xn\u00E4", "xn--xn-wia:50051"},
  };
  for (const auto& [text, shown] : kForms) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(shown, to_string(*address));
  }
}

TEST(Address, ALinkLocalOneNeedsItsInterface) {
  for (const char* text : {"fe80::1", "[FE80::1]:50051", "febf::1"}) {
    const auto address = parse_address(text);
    EXPECT_EQ(std::string("\"") + text +
                  "\" is link-local and needs its interface on this side, as in "
                  "[fe80::1%eth0]:50051",
              address.status().message());
  }
  EXPECT_TRUE(parse_address("fe80::1%eth0").ok());
  EXPECT_TRUE(parse_address("fec0::1").ok());
}

TEST(Address, AUrlIsCalledOne) {
  EXPECT_EQ(
      "\"http://example.org:50051\" is no address: it is a URL; write host, host:port or "
      "[ipv6]:port",
      parse_address("http://example.org:50051").status().message());
}

TEST(Address, ANulDoesNotEndIt) {
  EXPECT_FALSE(parse_address(std::string("b\u00FC\0.example", 12)).ok());
  EXPECT_FALSE(parse_address(std::string("fe80::1%eth0\0", 13)).ok());
  EXPECT_FALSE(parse_address(std::string("::1\0.example.org", 16)).ok());
  EXPECT_FALSE(parse_address(std::string("[::1\0]:1", 8)).ok());
}

}  // namespace
}  // namespace comcat::transport
