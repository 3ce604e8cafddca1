// A text in the log that all nodes follow.

#include <string>
#include <string_view>

#include "comcat/wire/cluster_convert.h"
#include "comcat/wire/limits.h"

#include "cluster.pb.h"
#include "field_count.h"
#include "resident_fields.h"

namespace comcat::wire {
namespace {

namespace proto = ::comcat_cluster;

constexpr std::size_t kMaxBytes = 6 * 1024;
constexpr std::size_t kMaxFields = 64;

std::string_view fault_of(const RoomText& text) {
  if (text.session == 0) return "a text that nobody has said";
  if (!check_text(text.text).ok()) return "a text that nobody may say";
  const std::string_view fault = fault_of_name(text.room);
  return fault.empty() ? fault_of_name(text.name) : fault;
}

}  // namespace

std::string encode_room_text(const RoomText& text) {
  proto::RoomText message;
  message.set_room(text.room);
  message.set_session(text.session);
  message.set_name(text.name);
  message.set_text(text.text);
  return message.SerializeAsString();
}

absl::StatusOr<RoomText> parse_room_text(Bytes bytes) {
  if (bytes.size() > kMaxBytes) return absl::InvalidArgumentError("a text that is too long");
  proto::RoomText message;
  if (!has_at_most_fields(bytes, *proto::RoomText::descriptor(), kMaxFields) ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("what is no text");
  }
  RoomText text{message.room(), message.session(), message.name(), message.text()};
  if (const std::string_view fault = fault_of(text); !fault.empty()) {
    return absl::InvalidArgumentError(std::string(fault));
  }
  return text;
}

}  // namespace comcat::wire
