#include "comcat/client/report.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "comcat/base/text.h"

#include "shown_name.h"

namespace comcat::client {
namespace {

std::string escaped_control(unsigned char c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  std::array<char, 8> hex{};
  std::snprintf(hex.data(), hex.size(), "\\u%04x", c);
  return hex.data();
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  std::string run;  // bytes that need no escape
  const auto flush = [&] {
    out += base::safe_text(run, run.size() * 3);
    run.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F && c != '"' && c != '\\') {
      run += c;
      continue;
    }
    flush();
    out += c == '"' ? "\\\"" : c == '\\' ? "\\\\" : escaped_control(byte);
  }
  flush();
  return out + "\"";
}

std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

struct ToJson {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return number(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const std::vector<Object>& list) const {
    std::string out = "[";
    for (const Object& object : list) {
      if (out.size() > 1) out += ",";
      out += to_json(object);
    }
    return out + "]";
  }
};

}  // namespace

Object& Object::with(std::string key, Value value) {
  fields.emplace_back(std::move(key), std::move(value));
  return *this;
}

Report&& Report::with(std::string key, Value value) && {
  details.with(std::move(key), std::move(value));
  return std::move(*this);
}

Report&& Report::about(const std::string& name, std::uint32_t of_twin) && {
  subject = name;
  twin = of_twin;
  return std::move(*this);
}

std::string to_json(const Object& object) {
  std::string out = "{";
  for (const auto& [key, value] : object.fields) {
    if (out.size() > 1) out += ",";
    out += quoted(key) + ":" + std::visit(ToJson{}, value);
  }
  return out + "}";
}

std::string to_json(const Report& report) {
  Object whole;
  whole.with("event", report.event).with("text", without_isolates(report.text));
  whole.fields.insert(whole.fields.end(), report.details.fields.begin(),
                      report.details.fields.end());
  return to_json(whole);
}

}  // namespace comcat::client
