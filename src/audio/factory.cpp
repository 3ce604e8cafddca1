#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "comcat/audio/sink.h"
#include "comcat/audio/sound_reader.h"
#include "comcat/audio/sound_writer.h"
#include "comcat/audio/source.h"
#include "comcat/base/text.h"

#include "audio/audio_spec.h"
#include "audio/device.h"
#include "audio/paced_sink.h"
#include "audio/paced_source.h"
#include "audio/pipe_input.h"
#include "audio/pipe_output.h"

namespace comcat::audio {
namespace {

constexpr int kBlocksNowhere = 2;  // at a time: nobody hears when

absl::Status terminal(Direction direction) {
  return absl::InvalidArgumentError(
      direction == Direction::kInput
          ? "--input - takes sound from standard input, which is a terminal; pipe a program into it"
          : "--output - writes sound to standard output, which is a terminal; pipe it into a "
            "program");
}

/// What the client says goes to standard error then, and must not end up between the samples.
absl::Status check_standard_error() {
  struct stat out {};
  struct stat err {};
  const bool same = ::fstat(STDOUT_FILENO, &out) == 0 && ::fstat(STDERR_FILENO, &err) == 0 &&
                    out.st_dev == err.st_dev && out.st_ino == err.st_ino;
  if (!same || S_ISCHR(out.st_mode)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--output - writes sound to standard output, and standard error goes there, too; send it "
      "elsewhere, as with 2>FILE");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Source>> make_source(const std::string& spec,
                                                    std::chrono::microseconds turn) {
  const absl::StatusOr<AudioSpec> parsed = parse_audio_spec(spec, Direction::kInput);
  if (!parsed.ok()) return parsed.status();
  std::unique_ptr<SoundProducer> producer;
  switch (parsed->kind) {
    case AudioSpec::Kind::kDefaultDevice:
    case AudioSpec::Kind::kDevice:
      return open_device_source(parsed->text);
    case AudioSpec::Kind::kFile: {
      absl::StatusOr<SoundReader> reader = SoundReader::open(parsed->text);
      if (!reader.ok()) return reader.status();
      producer = make_file(*std::move(reader));
      break;
    }
    case AudioSpec::Kind::kFifo: {
      auto fifo = make_fifo_input(parsed->text);
      if (!fifo.ok()) return fifo.status();
      producer = *std::move(fifo);
      break;
    }
    case AudioSpec::Kind::kStandardStream:
      if (::isatty(STDIN_FILENO) == 1) return terminal(Direction::kInput);
      producer = make_standard_input();
      break;
    case AudioSpec::Kind::kTone:
      producer = make_tone(parsed->hertz);
      break;
    case AudioSpec::Kind::kNull:
      producer = make_silence();
      break;
  }
  const bool standard = parsed->kind == AudioSpec::Kind::kStandardStream;
  return std::make_unique<PacedSource>(standard ? "standard input" : base::safe_text(spec),
                                       std::move(producer), turn);
}

absl::StatusOr<std::unique_ptr<Sink>> make_sink(const std::string& spec, NoticeHandler on_notice) {
  const absl::StatusOr<AudioSpec> parsed = parse_audio_spec(spec, Direction::kOutput);
  if (!parsed.ok()) return parsed.status();
  switch (parsed->kind) {
    case AudioSpec::Kind::kFile:
      if (absl::Status status = SoundWriter::check_name(parsed->text); !status.ok()) return status;
      return std::make_unique<PacedSink>(base::safe_text(spec), make_recording(parsed->text));
    case AudioSpec::Kind::kFifo:
      return std::make_unique<PacedSink>(base::safe_text(spec),
                                         make_fifo_output(parsed->text, std::move(on_notice)));
    case AudioSpec::Kind::kStandardStream:
      if (::isatty(STDOUT_FILENO) == 1) return terminal(Direction::kOutput);
      if (absl::Status status = check_standard_error(); !status.ok()) return status;
      return std::make_unique<PacedSink>("standard output",
                                         make_standard_output(std::move(on_notice)));
    case AudioSpec::Kind::kTone:  // refused by the parser
    case AudioSpec::Kind::kNull:
      return std::make_unique<PacedSink>(base::safe_text(spec), make_nowhere(), kBlocksNowhere);
    case AudioSpec::Kind::kDefaultDevice:
    case AudioSpec::Kind::kDevice:
      break;
  }
  return open_device_sink(parsed->text);
}

}  // namespace comcat::audio
