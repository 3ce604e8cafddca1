#pragma once

#include <cstdint>
#include <string>

#include "comcat/wire/messages.h"

/// How names and texts of others stand in the client's lines, so that nobody can write such a line
/// himself. The one rule: what is not plain words is quoted (shown_name()); what runs from right to
/// left is isolated from the rest of the line (UAX #9) where the terminal knows isolates. Reports
/// keep names as they are in their fields. Threads: any.
namespace comcat::client {

/// A name of a person or of a room within a line: as it is where it is words that none of our lines
/// is made with, nor one that we say of people, such as muted; else between quotes, with \" and
/// \\ for its own quotes and backslashes.
[[nodiscard]] std::string shown_name(const std::string& name);

/// The same of somebody in a room, with which of his devices it is: an (2). No name looks so.
[[nodiscard]] std::string shown_person(const std::string& name, std::uint32_t twin);
[[nodiscard]] std::string shown_person(const wire::Member& member);

/// The same without quotes, as somebody may type it.
[[nodiscard]] std::string full_name(const wire::Member& member);

/// The name that somebody typed as shown_name() shows it, or without quotes.
[[nodiscard]] std::string typed_name(const std::string& typed);

/// True where `typed` begins with a quote that nothing ends.
[[nodiscard]] bool lacks_closing_quote(const std::string& typed);

/// What somebody said, at the end of a line.
[[nodiscard]] std::string shown_text(const std::string& text);

/// `line` without the isolates that shown_name() and shown_text() add, for whatever reorders no
/// letters.
[[nodiscard]] std::string without_isolates(const std::string& line);

/// True where standard output is a terminal that reorders lines and is known to obey isolates:
/// those built on VTE 0.58 or later, whose version, as they say it themselves, is `vte_version`
/// (the variable VTE_VERSION; may be null).
[[nodiscard]] bool obeys_isolates(const char* vte_version);

}  // namespace comcat::client
