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
#include "comcat/store/claim.h"
#include "comcat/wire/messages.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::server {

/// Whose a name is.
enum class Holder : std::uint8_t { kNobody, kThem, kOthers };

/// Who has claimed a name, by a command; session 0: nobody, it has merely changed.
struct ClaimAsker {
  wire::SessionNumber session = 0;
  std::uint64_t trace_id = 0;
};

struct NameClaimOptions {
  std::vector<store::Claim> known;  // that hold already
  /// Who keeps what changes over a restart, without waiting for it, and answers whoever asked:
  /// NameClaims::settle(). Where that is nobody, nothing can be claimed.
  std::function<void(const store::Claim&, const ClaimAsker&)> keep;
  std::function<void(const std::string& name)> lift;
  /// Who is told of each wrong code, and from which address it came.
  std::function<void(const std::string& address, base::Time now)> wrong_code;
};

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
  /// already, else one sentence for the user; nothing where settle() tells it, once that is kept.
  [[nodiscard]] std::optional<absl::Status> claim(const std::string& name,
                                                  const std::string& device,
                                                  const ClaimAsker& asker, store::WallTime now);
  /// The keeper has kept the claim of `name`, or says in a few words why it cannot: then the name
  /// is as it was. What whoever asked is to be told.
  [[nodiscard]] absl::Status settle(const std::string& name, const absl::Status& kept);

  /// A code by which another device joins `device`'s claim of the name, once. It takes the place of
  /// an earlier one.
  [[nodiscard]] absl::StatusOr<std::string> make_code(const std::string& name_key,
                                                      const std::string& device,
                                                      store::WallTime now, base::Time steady_now);
  /// Adds `device` to the claim of the name that `code` is for. kPermissionDenied where it is for
  /// none, without a word on why.
  [[nodiscard]] absl::Status pair(const std::string& code, const std::string& name_key,
                                  const std::string& device, store::WallTime now,
                                  base::Time steady_now);

  /// False where the name was held for nobody.
  bool release(const std::string& name_key, store::WallTime now);

 private:
  struct Code {
    std::string text;
    base::Time until;
  };
  struct Held {
    store::Claim claim;
    Code code;  // empty text: none
    bool kept = true;
  };

  /// The claim that holds; null where there is none.
  [[nodiscard]] Held* find(const std::string& name_key, store::WallTime now);
  /// Whether there may be one more, of `device`.
  [[nodiscard]] absl::Status check_room_for(const std::string& device) const;
  void forget_unused(store::WallTime now);
  void keep(store::Claim& claim, store::WallTime now, const ClaimAsker& asker = {}) const;

  NameClaimOptions options_;
  std::map<std::string, Held> held_;  // by the key of the name
};

}  // namespace comcat::server
