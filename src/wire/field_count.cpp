#include "field_count.h"

#include <cstdint>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace comcat::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

/// A walk over the fields of a message, and of those in it.
class FieldCount {
 public:
  FieldCount(Bytes bytes, std::size_t most)
      : in_(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size())),
        left_(most) {}

  [[nodiscard]] bool walk(const Descriptor& message) {
    while (const std::uint32_t tag = in_.ReadTag()) {
      if (left_-- == 0) return false;
      if (!pass(message, tag)) return false;
    }
    return in_.ConsumedEntireMessage();
  }

 private:
  [[nodiscard]] bool pass(const Descriptor& message, std::uint32_t tag) {
    const bool has_length =
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    const FieldDescriptor* const field =
        message.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    const Descriptor* const inner = field == nullptr ? nullptr : field->message_type();
    if (!has_length || inner == nullptr) return WireFormatLite::SkipField(&in_, tag);
    int length = 0;
    if (!in_.ReadVarintSizeAsInt(&length)) return false;
    const auto limit = in_.PushLimit(length);
    const bool good = walk(*inner);
    in_.PopLimit(limit);
    return good;
  }

  google::protobuf::io::CodedInputStream in_;
  std::size_t left_;
};

}  // namespace

bool has_at_most_fields(Bytes bytes, const Descriptor& descriptor, std::size_t most) {
  constexpr std::size_t kSmallestFieldBytes = 2;
  if (bytes.size() <= most * kSmallestFieldBytes) return true;  // mostly: it can have no more
  return FieldCount(bytes, most).walk(descriptor);
}

}  // namespace comcat::wire
