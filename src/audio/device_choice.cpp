#include "audio/device_choice.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "comcat/base/text.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"

namespace comcat::audio {
namespace {

constexpr const char* kSeeDevices = "; --devices lists what there is";
constexpr std::size_t kMaxCandidates = 8;

bool can(const DeviceInfo& device, Direction direction) {
  return (direction == Direction::kInput ? device.input_channels : device.output_channels) > 0;
}

bool is_default(const DeviceInfo& device, Direction direction) {
  return direction == Direction::kInput ? device.default_input : device.default_output;
}

std::string shown(const DeviceInfo& device) {
  return std::to_string(device.number) + " (" + device.name + ")";
}

absl::Status no_sound_device(Direction direction) {
  return absl::NotFoundError(
      direction == Direction::kInput
          ? "no sound device was found to capture from; connect one, or use --input file:PATH.wav, "
            "tone:HZ or null"
          : "no sound device was found to play on; connect one, or use --output file:PATH.wav or "
            "null");
}

/// For whoever wrote a path where `file:PATH` is meant.
std::string file_hint(const std::string& wanted) {
  if (wanted.find_first_of("/.") == std::string::npos) return "";
  return ", and a file is written file:" + base::safe_text(wanted, 64);
}

absl::Status ambiguous(const std::string& wanted, const std::vector<DeviceInfo>& candidates) {
  std::string list;
  for (std::size_t i = 0; i < std::min(candidates.size(), kMaxCandidates); ++i) {
    list += (i == 0 ? "" : ", ") + shown(candidates[i]);
  }
  if (candidates.size() > kMaxCandidates) {
    list += " and " + std::to_string(candidates.size() - kMaxCandidates) + " more";
  }
  return absl::InvalidArgumentError("\"" + base::safe_text(wanted) + "\" could be " + list +
                                    "; use the number or more of the name");
}

absl::StatusOr<DeviceInfo> by_number(const std::vector<DeviceInfo>& devices,
                                     const std::string& wanted, Direction direction) {
  int number = -1;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  const auto found = std::find_if(devices.begin(), devices.end(), [&](const DeviceInfo& device) {
    return device.number == number;
  });
  if (error != std::errc() || found == devices.end()) {
    return absl::NotFoundError("there is no sound device " + base::safe_text(wanted, 32) +
                               kSeeDevices);
  }
  if (!can(*found, direction)) {
    return absl::InvalidArgumentError("device " + shown(*found) + " cannot " +
                                      (direction == Direction::kInput ? "capture" : "play") +
                                      " sound" + kSeeDevices);
  }
  return *found;
}

template <typename Match>
std::vector<DeviceInfo> matching(const std::vector<DeviceInfo>& devices, Direction direction,
                                 Match match) {
  std::vector<DeviceInfo> found;
  std::copy_if(devices.begin(), devices.end(), std::back_inserter(found),
               [&](const DeviceInfo& device) {
                 return can(device, direction) && match(absl::AsciiStrToLower(device.name));
               });
  return found;
}

}  // namespace

absl::StatusOr<DeviceInfo> choose_device(const std::vector<DeviceInfo>& devices,
                                         const std::string& wanted, Direction direction) {
  if (wanted.empty()) {
    const auto found = std::find_if(devices.begin(), devices.end(), [&](const DeviceInfo& device) {
      return is_default(device, direction);
    });
    if (found == devices.end()) return no_sound_device(direction);
    return *found;
  }
  if (std::all_of(wanted.begin(), wanted.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return by_number(devices, wanted, direction);
  }
  const std::string part = absl::AsciiStrToLower(wanted);
  std::vector<DeviceInfo> found =
      matching(devices, direction, [&](const std::string& name) { return name == part; });
  if (found.empty()) {
    found = matching(devices, direction,
                     [&](const std::string& name) { return name.find(part) != std::string::npos; });
  }
  if (found.empty()) {
    return absl::NotFoundError("no sound device has \"" + base::safe_text(wanted, 64) +
                               "\" in its name" + kSeeDevices + file_hint(wanted));
  }
  if (found.size() > 1) return ambiguous(wanted, found);
  return found.front();
}

}  // namespace comcat::audio
