#include "resume_key.h"

#include <cstdlib>

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "comcat/wire/limits.h"

namespace comcat::server {

std::string make_resume_key() {
  std::string key(wire::kResumeKeyBytes, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(key.data());
  if (RAND_bytes(bytes, static_cast<int>(key.size())) != 1) std::abort();
  return key;
}

std::string key_hash_of(const std::string& resume_key) {
  if (resume_key.empty()) return "";
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(resume_key.data()), resume_key.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace comcat::server
