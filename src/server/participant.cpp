#include "comcat/server/participant.h"

#include <utility>

#include "comcat/base/unicode.h"

namespace comcat::server {

void Participant::set_name(std::string its_name) {
  name_key = base::comparison_key(its_name);
  name = std::move(its_name);
}

}  // namespace comcat::server
