#include "support/process.h"

#include <csignal>

#include <gtest/gtest.h>

namespace comcat::testing {
namespace {

TEST(Process, LinesAreFoundInOrderAndTheExitCodeIsKnown) {
  Process shell({"/bin/sh", "-c", "echo one; echo two >&2; echo three; exit 7"});
  EXPECT_EQ("one", shell.wait_for_line(Process::kOut, "one"));
  EXPECT_EQ("three", shell.wait_for_line(Process::kOut, "three"));
  EXPECT_EQ("two", shell.wait_for_line(Process::kErr, "t"));
  EXPECT_EQ(7, shell.wait_exit());
}

TEST(Process, WhatIsWrittenArrivesAndTheEndOfInputToo) {
  Process cat({"/bin/cat"});
  cat.write("hello\n");
  EXPECT_EQ("hello", cat.wait_for_line(Process::kOut, "hello"));
  cat.close_input();
  EXPECT_EQ(0, cat.wait_exit());
}

TEST(Process, ASignalIsToldAsAShellTellsIt) {
  Process cat({"/bin/cat"});
  cat.signal(SIGTERM);
  EXPECT_EQ(128 + SIGTERM, cat.wait_exit());
}

TEST(Process, AWaitThatIsInVainEndsAtItsDeadline) {
  Process cat({"/bin/cat"});
  EXPECT_FALSE(cat.wait_for_line(Process::kOut, "never", std::chrono::milliseconds(20)));
  EXPECT_FALSE(cat.wait_exit(std::chrono::milliseconds(20)));
}

TEST(Process, ATerminalIsATerminal) {
  Process::Options options;
  options.input = Process::Input::kTerminal;
  Process shell({"/bin/sh", "-c", "test -t 0 && test -t 1 && echo yes; read line; echo got $line"},
                options);
  EXPECT_TRUE(shell.wait_for_text(Process::kOut, "yes"));
  shell.write("abc\n");
  EXPECT_TRUE(shell.wait_for_line(Process::kOut, "got abc"));
  EXPECT_EQ(0, shell.wait_exit());
}

TEST(Process, AClosedInputIsNoFileAtAll) {
  Process::Options options;
  options.input = Process::Input::kClosed;
  Process shell({"/bin/sh", "-c", "test -e /proc/self/fd/0 && exit 1; exit 0"}, options);
  EXPECT_EQ(0, shell.wait_exit());
}

}  // namespace
}  // namespace comcat::testing
