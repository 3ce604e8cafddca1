#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// Values and functions of them. Threads: any.
namespace comcat::client {

struct Object;
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<Object>>;

/// A JSON object with its keys in order.
struct Object {
  std::vector<std::pair<std::string, Value>> fields;
  Object& with(std::string key, Value value);
};

/// Something the user should know: a word and fields for programs, a text for people.
struct Report {
  Report(std::string its_event, std::string its_text)
      : event(std::move(its_event)), text(std::move(its_text)) {}
  Report&& with(std::string key, Value value) &&;
  Report&& about(const std::string& name, std::uint32_t of_twin = 0) &&;

  std::string event;
  std::string text;  // one or more lines without the last line break; safe to print
  Object details;
  std::string subject;      // the name that the first of it is about; "": nobody's
  std::uint32_t twin = 0;   // and the number beside it
  bool is_text = false;     // somebody says it now
  bool is_for_you = false;  // and means the user
};

/// RFC 8259, on one line: control characters, quotes and backslashes are escaped, malformed UTF-8
/// is replaced, numbers that JSON does not know are null.
[[nodiscard]] std::string to_json(const Object& object);

/// {"event":...,"text":...,the details}, without a line break.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace comcat::client
