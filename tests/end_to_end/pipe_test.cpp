// Sound through pipes: clients whose voice and hearing are other programs.

#include <algorithm>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "end_to_end/client_fixtures.h"
#include "support/signal.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kSecond = 48'000;

std::string raw(const Samples& samples) {
  std::string out;
  for (const float sample : samples) {
    const auto value = static_cast<std::int16_t>(sample * 32'767);
    out.append(reinterpret_cast<const char*>(&value), 2);
  }
  return out;
}

Samples samples_of(const std::string& bytes) {
  Samples out;
  for (std::size_t i = 0; i + 2 <= bytes.size(); i += 2) {
    std::int16_t value = 0;
    std::memcpy(&value, bytes.data() + i, 2);
    out.push_back(static_cast<float>(value) / 32'768);
  }
  return out;
}

/// A WAV header whose sizes nobody knew yet, as programs write it into a pipe.
std::string endless_wav_header() {
  return std::string(
      "RIFF\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xBB\0\0\0\x77\x01\0"
      "\x02\0\x10\0"
      "data\xFF\xFF\xFF\xFF",
      44);
}

/// How many tenths of a second of `samples` hold the tone of 440 Hz.
int tenths_of_tone(const Samples& samples) {
  int count = 0;
  for (std::size_t at = 0; at + 4800 <= samples.size(); at += 4800) {
    count += tone_dbfs(std::span<const float>(samples).subspan(at, 4800), 440) > -20 ? 1 : 0;
  }
  return count;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A command as a shell reads it.
std::string quoted(const std::vector<std::string>& command) {
  std::string out;
  for (const std::string& word : command) out += "'" + word + "' ";
  return out;
}

class Pipes : public InACall {
 protected:
  [[nodiscard]] std::string fifo(const std::string& name) const {
    const std::string path = directory_.file(name);
    EXPECT_EQ(0, ::mkfifo(path.c_str(), 0600));
    return path;
  }
};

TEST_F(Pipes, WhatIsPipedInIsHeardByWhoPipesOutAndItsEndEndsTheCall) {
  for (const std::string& header : {std::string(), endless_wav_header()}) {
    // This test reads one program at a time: the other's sound is kept by a third.
    const std::string path = directory_.file("heard.raw");
    Process ears({"/bin/bash", "-c", quoted(as("ears", {"--output=-"})) + "| cat >" + path});
    ASSERT_TRUE(ears.wait_for_line(Process::kErr, "alone in the room")) << "events go elsewhere";
    Process mouth(as("mouth", {"--input=-"}));
    ASSERT_TRUE(mouth.wait_for_line(Process::kOut, "in the room"));
    mouth.write(header + raw(make_tone(440, 2 * kSecond)));
    mouth.close_input();
    EXPECT_TRUE(mouth.wait_for_line(Process::kOut, "standard input is at its end"));
    EXPECT_EQ(0, mouth.wait_exit());
    ASSERT_TRUE(ears.wait_for_line(Process::kErr, "mouth left"));
    EXPECT_EQ(0, ears.finish());
    const Samples heard = samples_of(contents(path));
    EXPECT_GE(tenths_of_tone(heard), 18) << header.size();
    EXPECT_LE(tenths_of_tone(heard), 21) << header.size();
  }
}

TEST_F(Pipes, WhoRecordsArrivalsHasALineForEachPacketAndOverwritesNothing) {
  const std::string path = directory_.file("arrivals.csv");
  Process ears(as("ears", {"--record_arrivals=" + path}));
  ASSERT_TRUE(ears.wait_for_line(Process::kOut, "alone in the room"));
  Process mouth(as("mouth", {"--input=-"}));
  ASSERT_TRUE(mouth.wait_for_line(Process::kOut, "in the room"));
  mouth.write(raw(make_tone(440, kSecond)));
  mouth.close_input();
  ASSERT_TRUE(ears.wait_for_line(Process::kOut, "mouth left"));
  ears.write("stop\n");
  EXPECT_EQ(0, ears.wait_exit());
  const std::string lines = contents(path);
  EXPECT_EQ(0U, lines.find("send_ms,arrival_ms,bytes,speaker\n0.000,1000.000,")) << lines;
  EXPECT_GE(std::ranges::count(lines, '\n'), 45) << lines;

  Process again(as("again", {"--record_arrivals=" + path}));
  expect_failure(again, 2, "cannot create " + path);
  EXPECT_EQ(lines, contents(path));
}

TEST_F(Pipes, AFifoSpeaksOneWriterAfterTheOther) {
  const std::string path = fifo("voice");
  Process bot(as("bot", {"--input=file:" + path, "--json"}));
  ASSERT_TRUE(bot.wait_for_line(Process::kOut, R"("event":"connected")"));
  for (const std::string& header : {std::string(), endless_wav_header(), std::string()}) {
    std::ofstream(path, std::ios::binary) << header << raw(make_tone(440, kSecond / 2));
    EXPECT_TRUE(bot.wait_for_line(Process::kOut, R"("event":"input_ended")"));
  }
  EXPECT_EQ(0, bot.finish());
}

TEST_F(Pipes, WhatIsNeitherRawNorWavIsToldAndNotSpoken) {
  // An MP3 as raw sound is loud noise to all, with a tag or as frames of 417 bytes alone.
  const std::string frame = "\xFF\xFB\x90\x64" + std::string(413, 'x');
  for (const std::string& begin : {std::string("OggS"), std::string("ID3\x04"), frame + frame}) {
    Process bot(as("bot", {"--input=-"}));
    ASSERT_TRUE(bot.wait_for_line(Process::kOut, "alone in the room"));
    bot.write(begin + std::string(5'000, 'x'));
    expect_failure(bot, 6, "neither raw sound nor WAV");
  }
}

TEST_F(Pipes, AReaderWhoGoesEndsTheCallWithTheDocumentedCode) {
  const std::string command = quoted(as("ears", {"--output=-"}));
  Process shell({"/bin/bash", "-c", command + "| head -c 20000 >/dev/null; exit ${PIPESTATUS[0]}"});
  EXPECT_EQ(6, shell.wait_exit());
  EXPECT_THAT(shell.output(Process::kErr), HasSubstr("nobody reads standard output any more"));
}

TEST_F(Pipes, InTheBackgroundAReaderWhoGoesIsToldAndTheCallGoesOn) {
  const std::string words = quoted(as("ears", {"--output=-", "--background"}));
  Process shell({"/bin/bash", "-c", words + "| head -c 20000 >/dev/null; exit ${PIPESTATUS[0]}"});
  ASSERT_TRUE(shell.wait_for_line(Process::kErr, "nobody reads standard output any more"));
  shell.write("who\nstop\n");
  EXPECT_TRUE(shell.wait_for_line(Process::kErr, "alone in the room"));
  EXPECT_EQ(0, shell.wait_exit());
}

TEST_F(Pipes, ASlowReaderLosesSoundAndHoldsNothingUp) {
  const std::string path = fifo("ears");
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  Process ears(as("ears", {"--output=file:" + path}));
  EXPECT_TRUE(ears.wait_for_line(Process::kOut, "is read too slowly from"));
  ears.write("who\n");
  EXPECT_TRUE(ears.wait_for_line(Process::kOut, "alone in the room"));
  EXPECT_EQ(0, ears.finish());
  ::close(reader);
}

TEST_F(Pipes, AFifoWithoutAReaderIsToldAndWaitsForOne) {
  const std::string path = fifo("ears");
  Process ears(as("ears", {"--output=file:" + path}));
  ASSERT_TRUE(ears.wait_for_line(Process::kOut, "nobody reads"));
  std::ifstream reader(path, std::ios::binary);  // waits for the client to open its end
  std::string some(9'600, 'x');
  EXPECT_TRUE(reader.read(some.data(), static_cast<std::streamsize>(some.size())));
  reader.close();
  ears.write("who\n");
  EXPECT_TRUE(ears.wait_for_line(Process::kOut, "alone in the room"));
  EXPECT_EQ(0, ears.finish());
}

TEST_F(Pipes, OfTwoClientsIntoOneFifoTheSecondIsRefused) {
  const std::string path = fifo("ears");
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  Process first(as("first", {"--output=file:" + path}));
  ASSERT_TRUE(first.wait_for_line(Process::kOut, "alone in the room"));
  Process second(as("second", {"--output=file:" + path}));
  expect_failure(second, 6, "another program writes what it hears into");
  EXPECT_EQ(0, first.finish());
  ::close(reader);
}

TEST_F(Pipes, ADashMayBeAWordOfItsOwnAndNoValueIsWonderedAt) {
  std::vector<std::string> command = as("bot", {"--input", "-"});
  command.insert(command.end(), {"--passcode", "-secret"});
  Process bot(command);
  bot.close_input();
  EXPECT_EQ(3, bot.wait_exit()) << "the last passcode is the wrong one";
  EXPECT_THAT(bot.output(Process::kErr), Not(HasSubstr("Did you really mean")));
  EXPECT_THAT(bot.output(Process::kErr), Not(HasSubstr("secret")));
}

TEST_F(Pipes, StandardErrorIsKeptApartFromTheSound) {
  const std::string words = quoted(as("ears", {"--output=-"}));
  Process shell({"/bin/bash", "-c", words + "2>&1 | cat; exit ${PIPESTATUS[0]}"});
  EXPECT_EQ(2, shell.wait_exit());
  EXPECT_THAT(shell.output(Process::kOut), HasSubstr("standard error goes there, too"));
}

TEST_F(Pipes, ATerminalIsNoPipe) {
  Process::Options terminal;
  terminal.input = Process::Input::kTerminal;
  Process in(as("an", {"--input=-"}), terminal);
  EXPECT_EQ(2, in.wait_exit());
  Process out(as("an", {"--output=-"}), terminal);
  EXPECT_EQ(2, out.wait_exit());
}

}  // namespace
}  // namespace comcat::testing
