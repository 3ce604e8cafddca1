#include "comcat/cluster/tickets.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "comcat/base/secret.h"
#include "comcat/wire/cluster_convert.h"

#include "absl/status/status.h"

namespace comcat::cluster {
namespace {

constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeadBytes = kIdBytes + kNonceBytes;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(bytes_of(out), static_cast<int>(count)) != 1) std::abort();
  return out;
}

std::string text_of_id(std::uint32_t id) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(id >> shift & 0xFF);
  return out;
}

std::uint32_t id_of(std::string_view text) {
  std::uint32_t id = 0;
  for (const char c : text.substr(0, kIdBytes)) id = id << 8 | static_cast<unsigned char>(c);
  return id;
}

std::uint64_t ms_of(Tickets::WallTime time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
}

/// AES-256-GCM of `plain` behind `head`, which holds the nonce and is authenticated.
std::string sealed(const std::string& secret, const std::string& head, const std::string& plain) {
  const Context context(EVP_CIPHER_CTX_new());
  std::string body(plain.size(), '\0');
  std::string tag(kTagBytes, '\0');
  const unsigned char* const nonce = bytes_of(std::string_view(head)) + kIdBytes;
  int size = 0;
  const bool good =
      context != nullptr &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                         bytes_of(std::string_view(secret)), nonce) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(std::string_view(head)),
                        static_cast<int>(head.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), bytes_of(body), &size, bytes_of(std::string_view(plain)),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), bytes_of(body) + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, bytes_of(tag)) == 1;
  if (!good) std::abort();  // it fails for want of memory alone
  return head + body + tag;
}

std::optional<std::string> opened(const std::string& secret, std::string_view text) {
  const std::string_view head = text.substr(0, kHeadBytes);
  const std::string_view body = text.substr(kHeadBytes, text.size() - kHeadBytes - kTagBytes);
  std::string tag(text.substr(text.size() - kTagBytes));
  const Context context(EVP_CIPHER_CTX_new());
  std::string plain(body.size(), '\0');
  int size = 0;
  const bool good =
      context != nullptr &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                         bytes_of(std::string_view(secret)), bytes_of(head) + kIdBytes) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(head),
                        static_cast<int>(head.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes_of(plain), &size, bytes_of(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, bytes_of(tag)) == 1 &&
      EVP_DecryptFinal_ex(context.get(), bytes_of(plain) + size, &size) == 1;
  return good ? std::optional(std::move(plain)) : std::nullopt;
}

absl::Status refused() {
  return absl::PermissionDeniedError(
      "the ticket to come back by is none, is over, or is another's");
}

}  // namespace

Tickets::~Tickets() {
  for (wire::TicketKey& key : keys_) base::wipe(key.secret);
}

void Tickets::adopt(std::vector<wire::TicketKey> keys) {
  std::swap(keys_, keys);
  for (wire::TicketKey& key : keys) base::wipe(key.secret);
  std::ranges::sort(keys_, [](const wire::TicketKey& one, const wire::TicketKey& other) {
    return std::pair(one.made_ms, one.id) > std::pair(other.made_ms, other.id);
  });
}

bool Tickets::is_due(WallTime now) const {
  return keys_.empty() || ms_of(now - kRotation) >= keys_.front().made_ms;
}

std::vector<wire::TicketKey> Tickets::rotated(WallTime now) const {
  std::vector<wire::TicketKey> out = keys_;
  out.insert(out.begin(),
             {id_of(random_bytes(kIdBytes)), random_bytes(wire::kTicketKeyBytes), ms_of(now)});
  while (out.size() > kKeysKept) {
    base::wipe(out.back().secret);
    out.pop_back();
  }
  return out;
}

std::string Tickets::seal(const std::string& room, const wire::Resident& who,
                          const std::string& device_key, WallTime now) const {
  if (keys_.empty()) return {};
  const wire::Ticket ticket{cluster_, room, who, device_key, ms_of(now + kLasts)};
  const std::string head = text_of_id(keys_.front().id) + random_bytes(kNonceBytes);
  return sealed(keys_.front().secret, head, wire::encode_ticket(ticket));
}

absl::StatusOr<wire::Ticket> Tickets::open(std::string_view sealed, const std::string& device_key,
                                           WallTime now) const {
  constexpr std::size_t kMost = kHeadBytes + wire::kMaxTicketBytes + kTagBytes;
  if (sealed.size() < kHeadBytes + kTagBytes || sealed.size() > kMost) return refused();
  const std::uint32_t id = id_of(sealed);
  for (const wire::TicketKey& key : keys_) {
    if (key.id != id) continue;
    const std::optional<std::string> plain = opened(key.secret, sealed);
    if (!plain) continue;
    absl::StatusOr<wire::Ticket> ticket =
        wire::parse_ticket(std::as_bytes(std::span(plain->data(), plain->size())));
    const bool good = ticket.ok() && ticket->cluster == cluster_ &&
                      ticket->device_key == device_key && ms_of(now) < ticket->expires_ms;
    return good ? ticket : refused();
  }
  return refused();
}

}  // namespace comcat::cluster
