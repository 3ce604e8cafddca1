#include "comcat/wire/protobuf_log.h"

#include <google/protobuf/stubs/logging.h>

namespace comcat::wire {

void silence_protobuf() {
  google::protobuf::SetLogHandler(nullptr);
}

}  // namespace comcat::wire
