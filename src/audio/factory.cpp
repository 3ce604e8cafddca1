#include <memory>
#include <string>
#include <utility>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/audio/wav.h"
#include "comcat/base/text.h"

#include "audio/audio_spec.h"
#include "audio/paced_sink.h"
#include "audio/paced_source.h"
#include "audio/portaudio_device.h"

namespace comcat::audio {

absl::StatusOr<std::unique_ptr<Source>> make_source(const std::string& spec) {
  const absl::StatusOr<AudioSpec> parsed = parse_audio_spec(spec, Direction::kInput);
  if (!parsed.ok()) return parsed.status();
  std::unique_ptr<BlockProducer> producer;
  switch (parsed->kind) {
    case AudioSpec::Kind::kDefaultDevice:
    case AudioSpec::Kind::kDevice:
      return open_device_source(parsed->text);
    case AudioSpec::Kind::kFile: {
      absl::StatusOr<WavReader> reader = WavReader::open(parsed->text);
      if (!reader.ok()) return reader.status();
      producer = make_file(*std::move(reader));
      break;
    }
    case AudioSpec::Kind::kTone:
      producer = make_tone(parsed->hertz);
      break;
    case AudioSpec::Kind::kNull:
      producer = make_silence();
      break;
  }
  return std::make_unique<PacedSource>(base::safe_text(spec), std::move(producer));
}

absl::StatusOr<std::unique_ptr<Sink>> make_sink(const std::string& spec) {
  const absl::StatusOr<AudioSpec> parsed = parse_audio_spec(spec, Direction::kOutput);
  if (!parsed.ok()) return parsed.status();
  switch (parsed->kind) {
    case AudioSpec::Kind::kFile:
      if (absl::Status status = WavWriter::check_name(parsed->text); !status.ok()) return status;
      return std::make_unique<PacedSink>(base::safe_text(spec), make_recording(parsed->text));
    case AudioSpec::Kind::kTone:  // refused by the parser
    case AudioSpec::Kind::kNull:
      return std::make_unique<PacedSink>(base::safe_text(spec), make_nowhere());
    case AudioSpec::Kind::kDefaultDevice:
    case AudioSpec::Kind::kDevice:
      break;
  }
  return open_device_sink(parsed->text);
}

}  // namespace comcat::audio
