#include "flag_help.h"

#include <algorithm>
#include <cstddef>
#include <sstream>

#include "comcat/base/text.h"

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"

namespace comcat::apps {
namespace {

/// The one of `flags` that was probably meant; "" where none is near.
std::string closest_flag(const std::string& word, const std::vector<std::string>& flags) {
  std::string closest;
  std::size_t smallest = 3;
  for (const std::string& flag : flags) {
    const std::size_t d = word.size() > 64 ? smallest : base::edit_distance(word, flag);
    if (d < smallest && d < flag.size()) smallest = d, closest = flag;
  }
  return closest;
}

/// `text` broken into lines of at most 80 columns, each after `indent` spaces.
std::string wrapped(const std::string& text, std::size_t indent) {
  constexpr std::size_t kColumns = 80;
  std::string out;
  std::string line(indent, ' ');
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (line.size() > indent && line.size() + 1 + word.size() > kColumns) {
      out += line + "\n";
      line.assign(indent, ' ');
    }
    line += (line.size() > indent ? " " : "") + word;
  }
  return out + line + "\n";
}

}  // namespace

bool is_our_flag_file(const std::string& file) {
  return file.find("src/apps/") != std::string::npos;
}

std::vector<std::string> our_flags() {
  std::vector<std::string> out;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (is_our_flag_file(flag->Filename())) out.emplace_back(std::string(name));
  }
  return out;
}

std::string help_text(const std::string& usage, const std::vector<FlagGroup>& groups) {
  std::string out = usage + "\n";
  for (const FlagGroup& group : groups) {
    out += "\n" + group.title + "\n";
    for (const std::string& name : group.flags) {
      const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
      if (flag == nullptr) continue;
      const std::string value = flag->DefaultValue();
      out += "  --" + name + (value.empty() ? "" : " (" + value + ")") + "\n";
      out += wrapped(flag->Help(), 6);
    }
  }
  out += "\n" + wrapped(
                    "--flag and --noflag switch on and off; --flagfile=FILE reads flags from a "
                    "file, one --flag=VALUE a line, # after white space for a comment, quotes "
                    "around a value that has one. --help prints this, --version the version.",
                    0);
  return out;
}

std::string usage_sentence(const std::string& complaint, const std::vector<std::string>& flags) {
  const std::string text = base::safe_text(complaint, 200);
  const std::string unknown = "Unknown command line flag '";
  if (text.compare(0, unknown.size(), unknown) != 0) return text + "; --help lists the flags";
  const std::string word =
      text.substr(unknown.size(), text.find('\'', unknown.size()) - unknown.size());
  const std::string closest = closest_flag(word, flags);
  return "there is no flag --" + word +
         (closest.empty() ? "; --help lists them all"
                          : "; did you mean --" + closest + "? (--help lists them all)");
}

}  // namespace comcat::apps
