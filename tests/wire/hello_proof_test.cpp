#include "comcat/wire/hello_proof.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::wire {
namespace {

Hello hello(const std::string& name, const std::string& room) {
  Hello out;
  out.name = name;
  out.room = room;
  out.key = "KEY";
  return out;
}

TEST(HelloProof, IsThisTextAndWillStay) {
  EXPECT_EQ(std::string("\0\0\0\x0e"
                        "comcat hello 1"
                        "\0\0\0\x05"
                        "nonce"
                        "\0\0\0\x04"
                        "cert"
                        "\0\0\0\x03"
                        "KEY"
                        "\0\0\0\x02"
                        "an"
                        "\0\0\0\x05"
                        "lobby",
                        57),
            proof_text(hello("an", "lobby"), "nonce", "cert"));
}

TEST(HelloProof, OfHellosThatAreSplitElsewhereIsAnother) {
  EXPECT_NE(proof_text(hello("an", "lobby"), "n", "c"), proof_text(hello("anl", "obby"), "n", "c"));
  EXPECT_NE(proof_text(hello("an", "lobby"), "nc", ""), proof_text(hello("an", "lobby"), "n", "c"));
}

}  // namespace
}  // namespace comcat::wire
