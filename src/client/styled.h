#pragma once

#include <string>

#include "comcat/client/report.h"

#include "absl/time/time.h"

namespace comcat::client {

/// What a person's terminal adds to a report's text. A value; threads: any.
struct Style {
  bool clock = false;         // the time before what is said
  bool bell = false;          // BEL after what is for the user
  bool colour = false;        // of names
  bool many_colours = false;  // the terminal has 256
};

/// The style for standard output: bell and colour are for terminals only, and colour for those
/// whose user has not set NO_COLOR.
[[nodiscard]] Style style_of_terminal(bool clock, bool bell);

/// `text`, which is the report's, in that style. A name has the same colour wherever and whenever
/// it is shown, one that is read on dark and on light.
[[nodiscard]] std::string styled(const Report& report, const std::string& text, const Style& style,
                                 absl::Time now, absl::TimeZone zone);

}  // namespace comcat::client
