#include "comcat/client/control_peer.h"

#include <utility>

#include "comcat/client/report.h"

namespace comcat::client {

bool ControlPeer::wants_input() const {
  return !input_over_ && is_idle() && !has_line();
}

void ControlPeer::receive(std::string_view bytes) {
  input_ += bytes;
  const std::size_t end = input_.find('\n');
  if ((end == std::string::npos ? input_.size() : end) <= kMaxLineBytes) return;
  input_.clear();
  input_over_ = true;
  answer(to_json(Report("error", "a line has at most 8192 bytes")));
}

bool ControlPeer::has_line() const {
  if (!is_idle()) return false;
  return input_.find('\n') != std::string::npos || (input_over_ && !input_.empty());
}

std::string ControlPeer::take_line() {
  const std::size_t end = input_.find('\n');
  std::string line = input_.substr(0, end);
  input_.erase(0, end == std::string::npos ? end : end + 1);
  if (line.ends_with('\r')) line.pop_back();
  asking_ = true;
  return line;
}

void ControlPeer::answer(const std::string& line) {
  asking_ = false;
  if (!output_over_) output_ = line + "\n";
}

std::string_view ControlPeer::output() const {
  return std::string_view(output_).substr(written_bytes_);
}

void ControlPeer::written(std::size_t bytes) {
  written_bytes_ += bytes;
  if (!output().empty()) return;
  output_.clear();
  written_bytes_ = 0;
}

void ControlPeer::drop_output() {
  output_over_ = true;
  written(output().size());
}

bool ControlPeer::is_done() const {
  return input_over_ && is_idle() && !has_line();
}

}  // namespace comcat::client
