#include "comcat/base/secret.h"

#include <string.h>
#include <sys/prctl.h>

namespace comcat::base {

void wipe(std::string& secret) {
  secret.resize(secret.capacity());
  ::explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

void keep_memory_private() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace comcat::base
