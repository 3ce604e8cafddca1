#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "comcat/base/clock.h"

namespace comcat::server {

/// What came of the places in gRPC that those from an address had; the best first.
enum class Standing : std::uint8_t {
  kKnown,   // guests were among them lately
  kNew,     // nothing is known
  kInVain,  // no guest, or only few
};
inline constexpr std::size_t kStandings = 3;

/// The standing of each address. Whoever is given a place is taken for no guest until he is
/// admitted, so that one of a new address tries for the others of it. Each guest makes good for
/// some places more, as strangers may be behind his address too, but not for all that they take.
/// An address that was given no place for a minute is as at first.
///
/// Capacity   kMostAddresses; beyond that those are forgotten that no guest came from.
/// Threads    one at a time.
class Standings {
 public:
  static constexpr std::size_t kMostAddresses = 10'000;
  static constexpr std::chrono::seconds kForgotten{60};
  static constexpr std::chrono::hours kKnownFor{1};  // from the last guest
  static constexpr int kForEachGuest = 8;            // places
  static constexpr int kMostPlaces = 16;

  [[nodiscard]] Standing of(const std::string& address, base::Time now) const;
  /// One from there has a place.
  void give(const std::string& address, base::Time now);
  /// One from there who had a place was admitted.
  void admit(const std::string& address, base::Time now);

  [[nodiscard]] std::size_t size() const { return records_.size(); }

 private:
  struct Record {
    int places = 0;  // that it may be given yet
    base::Time given{};
    std::optional<base::Time> admitted{};
  };

  [[nodiscard]] static bool is_known(const Record& record, base::Time now);
  [[nodiscard]] static bool is_old(const Record& record, base::Time now);
  Record& record_of(const std::string& address, base::Time now);
  void make_room(base::Time now);

  std::map<std::string, Record> records_;
};

}  // namespace comcat::server
