#include "comcat/server/listen_address.h"

#include <gtest/gtest.h>

#include "comcat/base/text.h"

namespace comcat::server {
namespace {

TEST(ListenAddress, WhatIsReadIsPrintedAgain) {
  for (const char* const text : {"0.0.0.0:50051", "[::]:50051", "localhost:0", ":4000",
                                 "[fe80::1%eth0]:1", "voice-1.example.org:65535"}) {
    const auto address = parse_listen_address(text, "--listen");
    ASSERT_TRUE(address.ok()) << address.status();
    EXPECT_EQ(text, to_string(*address));
  }
}

TEST(ListenAddress, WhatIsNoneGetsASentenceThatNamesTheFlag) {
  for (const char* const text :
       {"", "50051", "localhost", "localhost:", "localhost:65536", "localhost:-1", "localhost:+1",
        "localhost: 1", "::1:50051", "[]:1", "[localhost]:1", "a b:1", "[::1:1", "-\n:1"}) {
    const auto address = parse_listen_address(text, "--metrics");
    ASSERT_TRUE(absl::IsInvalidArgument(address.status())) << text;
    EXPECT_EQ(0U, address.status().message().find("--metrics ")) << address.status();
    EXPECT_TRUE(base::is_safe_text(std::string(address.status().message())));
  }
}

TEST(ListenAddress, EscapesAndASecondAddressDoNotGetPastIt) {
  for (const std::string& text :
       {std::string("\x1b[2J:1"), std::string("127.0.0.1:1,0.0.0.0:2"), std::string("a\0b:1", 5)}) {
    const auto address = parse_listen_address(text, "--metrics");
    ASSERT_FALSE(address.ok());
    EXPECT_TRUE(base::is_safe_text(std::string(address.status().message())));
  }
}

}  // namespace
}  // namespace comcat::server
