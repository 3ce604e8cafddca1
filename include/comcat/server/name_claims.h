#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/cluster/digest.h"
#include "comcat/server/kept.h"
#include "comcat/store/claim.h"
#include "comcat/wire/record_messages.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::server {

/// Whose a name is.
enum class Holder : std::uint8_t { kNobody, kThem, kOthers };

struct NameClaimOptions {
  std::vector<store::Claim> known;  // that hold already
  /// Who keeps what changes over a restart, without waiting for it. Where that is nobody, both
  /// empty, nothing can be claimed.
  std::function<void(const store::Claim&, Kept)> keep;
  std::function<void(const std::string& name, Kept)> lift;
  bool shared = false;  // with other servers, so that what is released is remembered
  /// Who is told of each wrong code, and from which address it came.
  std::function<void(const std::string& address, base::Time now)> wrong_code;
};

/// Why nobody else can claim it.
[[nodiscard]] absl::Status held_for_somebody_else(const std::string& name);

/// The names that are held for the keys of somebody's devices, until none of them has been there
/// for kUnused, or a host releases them.
///
/// Capacity   kMaxClaims; one key kMaxOfKey, one name store::Claim::kMaxKeys. Codes: one for each
///            claim.
/// Threads    one: the shard.
/// Time       the caller's: the wall clock, since claims outlive the server; for codes the steady
///            one.
class NameClaims {
 public:
  static constexpr std::size_t kMaxClaims = 10'000;
  static constexpr std::size_t kMaxOfKey = 5;
  static constexpr std::chrono::days kUnused{90};
  static constexpr std::chrono::minutes kCodeLasts{10};

  explicit NameClaims(NameClaimOptions options);

  /// Whose the name with this base::comparison_key() is to somebody with `device`'s key ("": none).
  [[nodiscard]] Holder holder(const std::string& name_key, const std::string& device,
                              store::WallTime now);
  /// The same; a claim that is theirs is used by it.
  [[nodiscard]] Holder enter(const std::string& name_key, const std::string& device,
                             store::WallTime now);

  /// Holds `name` for `device`. What there is to answer at once: OK where it is held for it
  /// already, else one sentence for the user; nothing where `later` is told, once that is kept or
  /// cannot be: then the name is as it was.
  [[nodiscard]] std::optional<absl::Status> claim(const std::string& name,
                                                  const std::string& device, store::WallTime now,
                                                  Kept later);

  /// A code by which another device joins `device`'s claim of the name, once. It takes the place of
  /// an earlier one.
  [[nodiscard]] absl::StatusOr<std::string> make_code(const std::string& name_key,
                                                      const std::string& device,
                                                      store::WallTime now, base::Time steady_now);
  /// Adds `device` to the claim of the name that `code` is for. kPermissionDenied where it is for
  /// none, without a word on why; OK where it is paired already. Nothing where `later` is told,
  /// once that is kept, or cannot be and the code is good as before.
  [[nodiscard]] std::optional<absl::Status> pair(const std::string& code,
                                                 const std::string& name_key,
                                                 const std::string& device, store::WallTime now,
                                                 base::Time steady_now, Kept later);

  /// False where the name was held for nobody; else `later` is told, where it keeps().
  [[nodiscard]] bool release(const std::string& name_key, store::WallTime now, Kept later);

  [[nodiscard]] bool keeps() const { return options_.keep != nullptr; }

  // ---- over several nodes

  /// Is told of what has changed and is kept, but for claims that are new. Once, where it is
  /// wanted.
  void on_change(std::function<void(const wire::ClaimRecord&)> told) { told_ = std::move(told); }
  /// What another node has, of which the older holds; false where that is no news.
  bool learn(const wire::ClaimRecord& theirs, store::WallTime now);
  /// Nothing where nothing is known, or kept, of the name.
  [[nodiscard]] std::optional<wire::ClaimRecord> record(const std::string& name_key) const;
  [[nodiscard]] std::vector<wire::ClaimRecord> records() const;
  [[nodiscard]] const cluster::Digest& digest() const { return digest_; }
  /// Whether one of the devices has a key with this fingerprint.
  [[nodiscard]] bool is_held_for(const std::string& name_key, const std::string& fingerprint,
                                 store::WallTime now);
  void forget_unused(store::WallTime now);

 private:
  struct Code {
    std::string text;
    base::Time until;
  };
  struct Held {
    store::Claim claim;
    Code code;  // empty text: none
    bool kept = true;
    std::vector<std::string> joining{};  // keys that are to be kept before they are the claim's
    std::string content{};               // as it is in the digest
    bool learned = false;                // from another node
  };

  /// The claim that holds; null where there is none.
  [[nodiscard]] Held* find(const std::string& name_key, store::WallTime now);
  /// Whether there may be one more, of `device`.
  [[nodiscard]] absl::Status check_room_for(const std::string& device) const;
  [[nodiscard]] absl::Status claim_kept(const std::string& name_key, const std::string& device,
                                        const absl::Status& kept);
  [[nodiscard]] absl::Status pair_kept(const std::string& name_key, const std::string& device,
                                       const Code& code, const absl::Status& kept);
  /// To be called wherever it has changed.
  void note(const std::string& name_key, Held& held);
  void erase(const std::string& name_key);
  void tell(const Held& held) const;
  void keep(Held& held, store::WallTime now, Kept kept = {}) const;

  NameClaimOptions options_;
  std::map<std::string, Held> held_;  // by the key of the name; released ones too
  std::function<void(const wire::ClaimRecord&)> told_;
  cluster::Digest digest_;
};

}  // namespace comcat::server
