#include "support/speech.h"

#include <sndfile.h>

#include "comcat/audio/sound_reader.h"

#include "support/process.h"

namespace comcat::testing {
namespace {

constexpr std::size_t kSecond = 48'000;

}  // namespace

Samples speak(const std::string& sentence, const std::string& voice) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("sentence.wav");
  Process espeak({"/usr/bin/espeak-ng", "-v", voice, "-w", path, sentence});
  if (espeak.wait_exit() != 0) {
    return make_speech(2 * kSecond, static_cast<unsigned>(sentence.size()));
  }
  return read_file(path);
}

Samples padded(const Samples& samples, std::size_t silence) {
  Samples out(silence);
  out.insert(out.end(), samples.begin(), samples.end());
  out.resize(out.size() + silence);
  return out;
}

Samples read_file(const std::string& path) {
  auto reader = audio::SoundReader::open(path);
  if (!reader.ok()) return {};
  Samples samples;
  Samples part(kSecond);
  for (std::size_t count = 0; (count = reader->read(part)) > 0;) {
    samples.insert(samples.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return samples;
}

void write_file(const std::string& path, const Samples& samples) {
  SF_INFO info{};
  info.samplerate = static_cast<int>(kSecond);
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
  sf_write_float(file, samples.data(), static_cast<sf_count_t>(samples.size()));
  sf_close(file);
}

}  // namespace comcat::testing
