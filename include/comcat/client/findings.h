#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "comcat/client/check_sounds.h"
#include "comcat/client/report.h"
#include "comcat/transport/failure.h"
#include "comcat/transport/path_status.h"

#include "absl/status/status.h"

/// What was measured of somebody's devices and server, and what is to be said of it. Values and
/// functions of them. Threads: any.
namespace comcat::client {

struct SoundMeasures {
  absl::Status failure;  // nothing else was measured then
  std::string input;     // as it was asked for
  std::string output;
  bool microphone = true;  // the input is a sound device
  bool loudspeaker = true;
  bool only_zeros = false;  // is all that was captured
  std::size_t clipped_samples = 0;
  double background_dbov = -127;            // while nothing was played and nobody was to speak
  double voice_dbov = -127;                 // of the louder parts, while the user was to speak
  std::optional<Echo> echo;                 // nothing: none, or not to be measured
  std::chrono::microseconds echo_delay{0};  // from playing to capturing; 0: without an echo
  std::chrono::microseconds told_delay{0};  // the same as the devices tell it
  std::optional<double> removed_db;         // of the echo
  std::chrono::milliseconds gaps{0};        // silence that was played as this machine was busy
};

struct ServerMeasures {
  std::string server;                         // its address; "": none was asked for
  std::optional<transport::Failure> failure;  // nothing else was measured then
  std::string notice;                         // of the certificate; mostly ""
  bool tls = true;
  bool datagrams = true;                                // were wanted
  std::chrono::microseconds round_trip{0};              // of a question
  std::optional<std::chrono::microseconds> voice_trip;  // of voice; nothing: it never came back
  transport::PathStatus path;
  std::size_t sent_frames = 0;
  std::size_t returned_frames = 0;
};

/// One thing that was tried.
struct Finding {
  enum class Subject { kMicrophone, kLoudspeaker, kEcho, kServer, kDatagrams, kDelay };
  enum class Verdict { kFine, kNotFine, kNotJudged };
  Subject subject = Subject::kMicrophone;
  Verdict verdict = Verdict::kFine;
  std::string text;  // what is so, and what to do; safe to print
  Object figures{};
};

/// In the order in which they are told.
[[nodiscard]] std::vector<Finding> findings_of(const SoundMeasures& sound);
[[nodiscard]] std::vector<Finding> findings_of(const ServerMeasures& server);
/// From mouth to ear; to the server, where one was asked for.
[[nodiscard]] Finding delay_of(const SoundMeasures& sound, const ServerMeasures& server);

/// "microphone: ...", with an event `check` for programs.
[[nodiscard]] Report report_of(const Finding& finding);

}  // namespace comcat::client
