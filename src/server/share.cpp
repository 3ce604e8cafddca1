#include "comcat/server/share.h"

#include <functional>

namespace comcat::server {

Share share_of(const std::string& owner) {
  return Share{std::hash<std::string>{}(owner)};
}

}  // namespace comcat::server
