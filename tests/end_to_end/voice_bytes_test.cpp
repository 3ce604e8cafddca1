// How many bytes of voice a conversation takes that is sent whole, and one that is sent while
// somebody speaks: the real server's count of what real clients send.

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "end_to_end/client_fixtures.h"
#include "support/http_get.h"
#include "support/signal.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

/// Sentences with pauses between them: two fifths of it are speech.
Samples conversation() {
  const auto quiet = [](float sample) { return std::abs(sample) < 0.003F; };
  Samples out;
  for (const char* sentence :
       {"Hello there, how are you today?", "Fine, thank you very much. And what do you do?"}) {
    Samples said = speak(sentence);
    said.erase(said.begin(), std::ranges::find_if_not(said, quiet));
    while (!said.empty() && quiet(said.back())) said.pop_back();
    out.insert(out.end(), said.begin(), said.end());
    out.resize(out.size() + said.size() * 3 / 2);
  }
  return out;
}

/// The same beside a noise that is 10 dB quieter.
Samples beside_noise(Samples voice) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  const double level = rms_dbfs(speak("Hello there.")) - 10;
  const auto scale = static_cast<float>(std::pow(10, level / 20));
  for (float& sample : voice) sample += scale * normal(random);
  return voice;
}

/// Somebody who speaks a file once, on a server of his own.
class Speaker {
 public:
  explicit Speaker(const std::vector<std::string>& client) : server_({"--metrics=127.0.0.1:0"}) {
    const std::string told = " metrics port=";
    const auto line = server_.process().wait_for_line(Process::kErr, told);
    if (line) metrics_port_ = std::stoi(line->substr(line->find(told) + told.size()));
    std::vector<std::string> flags = client;
    flags.push_back("--host=" + server_.host());
    client_ = std::make_unique<Process>(flags);
  }
  [[nodiscard]] bool has_spoken() {
    return client_->wait_for_line(Process::kOut, R"("event":"input_ended")", kPatience).has_value();
  }
  /// Bytes of Opus that have come to the server.
  [[nodiscard]] int bytes() const {
    const std::string name = "\ncomcat_voice_bytes_in_total ";
    const std::string metrics = http_get(metrics_port_, "/metrics");
    const std::size_t at = metrics.find(name);
    return at == std::string::npos ? -1 : std::stoi(metrics.substr(at + name.size()));
  }

 private:
  static constexpr Process::Timeout kPatience{60'000};

  ServerProcess server_;
  int metrics_port_ = 0;
  std::unique_ptr<Process> client_;
};

class AConversation : public ClientTest {
 protected:
  std::unique_ptr<Speaker> spoken(const Samples& sound, const std::string& activation) {
    const std::string path = directory_.file(activation + std::to_string(++files_) + ".wav");
    write_file(path, sound);
    return std::make_unique<Speaker>(
        std::vector<std::string>{program("comcat-client"), "--insecure", "--passcode=hunter2",
                                 "--name=an", "--json", "--state_dir=" + state(), "--output=null",
                                 "--input=file:" + path, "--activation=" + activation});
  }

 private:
  int files_ = 0;
};

TEST_F(AConversation, TakesLessThanHalfTheBytesWhereOnlySpeechIsSent) {
  const Samples clean = conversation();
  const Samples noisy = beside_noise(clean);
  struct {
    const char* what;
    std::unique_ptr<Speaker> always;
    std::unique_ptr<Speaker> voice;
  } pairs[] = {{"clean", spoken(clean, "always"), spoken(clean, "voice")},
               {"10 dB SNR", spoken(noisy, "always"), spoken(noisy, "voice")}};
  for (const auto& [what, always, voice] : pairs) {
    ASSERT_TRUE(always->has_spoken() && voice->has_spoken());
    const int whole = always->bytes();
    const int speech = voice->bytes();
    std::cout << what << ": " << speech << " of " << whole << " bytes\n";
    EXPECT_GT(speech, 0);
    EXPECT_LE(2 * speech, whole) << what;
  }
}

}  // namespace
}  // namespace comcat::testing
